import type { Recorder } from '@quipu/core'
import { observingRecorders } from '@quipu/wire/observers'

interface Run {
  readonly id: unknown
  readonly name: string | undefined
  readonly starts: readonly { readonly recorder: Recorder; readonly startedMs: number }[]
  isAgent: boolean
  inference: number
  tool: number
}

/** Maximum number of open runs and parts of runs; beyond it, the oldest is dropped, which may never be reported as ended. */
const MAX_OPEN = 10_000

/**
 * Runs of agents and workflows between the reports of their start and end. The model calls and tool calls within a run are
 * counted separately; the run of an agent also records how many it made, according to the parts that the framework reports.
 */
export class OpenRuns {
  /** Each run by its own id, and by those of its parts. */
  readonly #runs = new Map<unknown, Run>()
  readonly #recorder: Recorder | undefined

  /** @param recorder default: the recorders that observe all model calls of the process */
  constructor(recorder?: Recorder) {
    this.#recorder = recorder
  }

  start(id: unknown, name: unknown, { isAgent = false } = {}): void {
    const recorders = this.#recorder === undefined ? observingRecorders() : [this.#recorder]
    if (recorders.length === 0) return
    const starts = recorders.map((recorder) => ({ recorder, startedMs: recorder.clock.monotonicMs() }))
    const about = { id, name: typeof name === 'string' ? name : undefined, starts, isAgent }
    this.#add(id, { ...about, inference: 0, tool: 0 })
  }

  /** Something that belongs to the run of its parent, where there is one; it ends by `end` or `fail`. */
  startPart(id: unknown, parentId: unknown): void {
    const run = this.#runs.get(parentId)
    if (run !== undefined) this.#add(id, run)
  }

  /** A call that started in a run or in a part of it. */
  countCall(kind: 'inference' | 'tool', parentId: unknown): void {
    const run = this.#runs.get(parentId)
    if (run !== undefined) run[kind]++
  }

  /** Changes a run that was reported as a workflow to an agent. */
  isAgent(id: unknown): void {
    const run = this.#runs.get(id)
    if (run !== undefined && run.id === id) run.isAgent = true
  }

  end(id: unknown): void {
    for (const call of this.#take(id)) call.end()
  }

  abort(id: unknown): void {
    for (const call of this.#take(id)) call.abort()
  }

  /** The consumer of the run's output stopped reading it. */
  abandon(id: unknown): void {
    for (const call of this.#take(id)) call.end('abandoned')
  }

  fail(id: unknown, error: unknown): void {
    for (const call of this.#take(id)) call.fail(error)
  }

  #add(id: unknown, run: Run): void {
    if (this.#runs.size >= MAX_OPEN) this.#runs.delete(this.#runs.keys().next().value)
    this.#runs.set(id, run)
  }

  /** The calls that record a run, if the id is a run's own. */
  #take(id: unknown) {
    const run = this.#runs.get(id)
    this.#runs.delete(id)
    if (run === undefined || run.id !== id) return []
    const { name, isAgent, inference, tool } = run
    const operation = isAgent ? 'invoke_agent' : 'invoke_workflow'
    return run.starts.map(({ recorder, startedMs }) => {
      const call = recorder.startLlmCall({ operation, name, startedMs })
      call.agentCalls({ inference, tool })
      return call
    })
  }
}
