import { isSameTool, type Recorder, shared, type ToolCall } from '@quipu/core'
import { observingRecorders } from '../wire/observers.js'

/** A tool call that a framework reports beside the call and not around it. */
interface ReportedTool {
  readonly tool: string
  readonly calls: readonly { readonly recorder: Recorder; readonly call: ToolCall }[]
}

/** The most tool calls that are open at once; one that is never reported as ended is the first to be forgotten. */
const MAX_TOOLS = 10_000

const open = (): Map<unknown, ReportedTool> => shared('llm.reported-tools', () => new Map<unknown, ReportedTool>())

/** @param id identifies the call when it ends */
export function toolStarted(id: unknown, tool: unknown, recorder?: Recorder): void {
  if (typeof tool !== 'string') return
  const recorders = recorder === undefined ? observingRecorders() : [recorder]
  if (recorders.length === 0) return
  const tools = open()
  if (tools.size >= MAX_TOOLS) tools.delete(tools.keys().next().value)
  tools.set(id, { tool, calls: recorders.map((each) => ({ recorder: each, call: each.startToolCall(tool) })) })
}

/** @param failure what the tool threw; undefined when it did not fail */
export function toolEnded(id: unknown, failure?: { readonly thrown: unknown }): void {
  const reported = open().get(id)
  open().delete(id)
  for (const { call } of reported?.calls ?? []) {
    if (failure === undefined) call.end()
    else call.fail(failure.thrown)
  }
}

/**
 * Joins the tool call that an instrumented client makes to the one of that tool that a framework has open, so that it is
 * counted once. Where several are open the pairs may be others than those that belong together; their number is the same.
 */
export function joinReportedTool(recorder: Recorder, tool: string, label = tool): ToolCall {
  const join = (): ToolCall => recorder.joinToolCall(tool, label)
  for (const reported of open().values()) {
    const own = reported.calls.find((each) => each.recorder === recorder)
    if (own !== undefined && isSameTool(reported.tool, tool)) return own.call.run(join)
  }
  return join()
}
