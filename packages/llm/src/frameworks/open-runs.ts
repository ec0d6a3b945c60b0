import type { Recorder } from '@quipu/core'
import { observingRecorders } from '../wire/observers.js'

interface Run {
  readonly name: string | undefined
  readonly starts: readonly { readonly recorder: Recorder; readonly startedMs: number }[]
  isAgent: boolean
}

/** Maximum number of open runs; beyond it, the oldest is dropped, which may never be reported as ended. */
const MAX_RUNS = 10_000

/**
 * Runs of agents and workflows between the callbacks that report their start and end. Only the duration of a run is
 * recorded; the model calls and tool calls within it are counted separately.
 */
export class OpenRuns {
  readonly #runs = new Map<unknown, Run>()
  readonly #recorder: Recorder | undefined

  /** @param recorder default: the recorders that observe all model calls of the process */
  constructor(recorder?: Recorder) {
    this.#recorder = recorder
  }

  start(id: unknown, name: unknown, { isAgent = false } = {}): void {
    const recorders = this.#recorder === undefined ? observingRecorders() : [this.#recorder]
    if (recorders.length === 0) return
    if (this.#runs.size >= MAX_RUNS) this.#runs.delete(this.#runs.keys().next().value)
    const starts = recorders.map((recorder) => ({ recorder, startedMs: recorder.clock.monotonicMs() }))
    this.#runs.set(id, { name: typeof name === 'string' ? name : undefined, starts, isAgent })
  }

  /** Changes a run that was reported as a workflow to an agent. */
  isAgent(id: unknown): void {
    const run = this.#runs.get(id)
    if (run !== undefined) run.isAgent = true
  }

  end(id: unknown): void {
    for (const call of this.#take(id)) call.end()
  }

  abort(id: unknown): void {
    for (const call of this.#take(id)) call.abort()
  }

  fail(id: unknown, error: unknown): void {
    for (const call of this.#take(id)) call.fail(error)
  }

  #take(id: unknown) {
    const run = this.#runs.get(id)
    this.#runs.delete(id)
    const operation = run?.isAgent ? 'invoke_agent' : 'invoke_workflow'
    return (run?.starts ?? []).map(({ recorder, startedMs }) =>
      recorder.startLlmCall({ operation, name: run?.name, startedMs }),
    )
  }
}
