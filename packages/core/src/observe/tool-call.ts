import { currentScope, withScope } from './context.js'
import { toolErrorType } from './describe-error.js'
import { follow } from './follow.js'
import { toolCallMapping } from './mappings/tool-call.js'
import type { Recording } from './recording.js'
import { startTimer } from './timer.js'
import type { Thrown, ToolCallScope } from './tool-call-scope.js'

export interface ToolCallOptions {
  /** The user; default that of `withUser`. */
  readonly user?: string | null | undefined
}

/** A tool call in progress. Only the first call of `end` or `fail` has an effect. */
export interface ToolCall {
  end(): void
  fail(error: unknown): void
  /**
   * Runs a function as a part of this call: calls of the same tool by an instrumented client within are not counted
   * separately.
   */
  run<T>(fn: () => T): T
}

interface OpenToolCall extends ToolCall {
  readonly scope: ToolCallScope
}

/** Starts a tool call, named without its arguments. It is counted when it ends. */
export function startToolCall(recording: Recording, tool: string, options?: ToolCallOptions): OpenToolCall {
  const elapsedMs = startTimer(recording)
  const given = recording.guard('tool_call', () => options?.user)
  const here = currentScope()
  const user = given === undefined ? here.user : given
  if (here.agent?.owner === recording) here.agent.addAgentCall('tool')
  // Not a getter for `open`: V8 takes a microsecond to create an object with one.
  const scope: ToolCallScope = { owner: recording, tool, open: true, within: undefined }
  const end = (failure: Thrown | undefined): void => {
    if (!scope.open) return
    scope.open = false
    recording.guard('tool_call', () =>
      recording.observe(
        toolCallMapping,
        { tool, durationMs: elapsedMs(), errorType: failure === undefined ? undefined : toolErrorType(failure.thrown) },
        user,
      ),
    )
  }
  return { scope, end: () => end(scope.within), fail: (thrown) => end({ thrown }), run: (fn) => runWithin(scope, fn) }
}

/** Runs a function as a tool call. */
export function withToolCall<T>(recording: Recording, tool: string, fn: () => T, options?: ToolCallOptions): T {
  const call = startToolCall(recording, tool, options)
  return follow(fn, (ending) => (ending.kind === 'threw' ? call.fail(ending.thrown) : call.end()), { inside: call.run })
}

/** A model call of a tool is not a part of the model call that requested the tool. */
function runWithin<T>(tool: ToolCallScope, fn: () => T): T {
  return withScope({ tool, call: undefined }, fn)
}

/**
 * Joins the application's open call of the tool, or starts a new one, for an instrumented client, so that it is counted
 * once. Tools that call other tools are several calls.
 *
 * @param tool the tool's name in the client
 * @param label the name to count it under when there is no open call
 */
export function joinToolCall(recording: Recording, tool: string, label: string): ToolCall {
  const outer = currentScope().tool
  if (outer === undefined || !outer.open || outer.owner !== recording || !isSameTool(outer.tool, tool)) {
    return startToolCall(recording, label)
  }
  let open = true
  const leave = (error: Thrown | undefined): void => {
    if (open) outer.within = error
    open = false
  }
  return { end: () => leave(undefined), fail: (thrown) => leave({ thrown }), run: (fn) => runWithin(outer, fn) }
}

/**
 * Applications that have tools of several servers put the server's name before the tool's.
 * Never throws.
 * @example
 * isSameTool('tools__calculator', 'calculator') // true
 */
export function isSameTool(outer: unknown, tool: unknown): boolean {
  if (typeof outer !== 'string' || typeof tool !== 'string') return false
  return outer === tool || ['__', '.', ':'].some((separator) => outer.endsWith(separator + tool))
}
