import { isSameTool, type Recorder, shared, type ToolCall } from '@quipu/core'
import { observingRecorders } from '@quipu/wire/observers'

/** A tool call that a framework reports beside the call and not around it. */
interface ReportedTool {
  readonly tool: string
  readonly calls: readonly { readonly recorder: Recorder; readonly call: ToolCall }[]
}

/** Maximum number of open tool calls of a framework; beyond it, the oldest is dropped, which may never be reported as ended. */
const MAX_TOOLS = 10_000

const open = (): Set<ReportedTool> => shared('llm.reported-tools', () => new Set<ReportedTool>())

/** The tool calls that one observer of a framework reports. */
export class ReportedTools {
  readonly #byId = new Map<unknown, ReportedTool>()
  readonly #recorder: Recorder | undefined

  /** @param recorder default: the recorders that observe all model calls of the process */
  constructor(recorder: Recorder | undefined) {
    this.#recorder = recorder
  }

  /** @param id identifies the call when it ends */
  start(id: unknown, tool: unknown): void {
    if (typeof tool !== 'string') return
    const recorders = this.#recorder === undefined ? observingRecorders() : [this.#recorder]
    if (recorders.length === 0) return
    if (this.#byId.size >= MAX_TOOLS) this.#take(this.#byId.keys().next().value)
    const calls = recorders.map((recorder) => ({ recorder, call: recorder.startToolCall(tool) }))
    const reported = { tool, calls }
    this.#byId.set(id, reported)
    open().add(reported)
  }

  /** @param failure the error that the tool threw, if any */
  end(id: unknown, failure?: { readonly thrown: unknown }): void {
    for (const { call } of this.#take(id)?.calls ?? []) {
      if (failure === undefined) call.end()
      else call.fail(failure.thrown)
    }
  }

  #take(id: unknown): ReportedTool | undefined {
    const reported = this.#byId.get(id)
    this.#byId.delete(id)
    if (reported !== undefined) open().delete(reported)
    return reported
  }
}

/**
 * Joins a tool call of an instrumented client to the open call of that tool that a framework has reported, so that it is
 * counted once. If several are open, the pairs may be wrong, but their number is right.
 */
export function joinReportedTool(recorder: Recorder, tool: string, label = tool): ToolCall {
  const join = (): ToolCall => recorder.joinToolCall(tool, label)
  for (const reported of open()) {
    const own = reported.calls.find((each) => each.recorder === recorder)
    if (own !== undefined && isSameTool(reported.tool, tool)) return own.call.run(join)
  }
  return join()
}
