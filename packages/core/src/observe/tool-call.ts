import { currentScope, withScope } from './context.js'
import { toolErrorType } from './describe-error.js'
import { follow } from './follow.js'
import { toolCallMapping } from './mappings/tool-call.js'
import type { Recording } from './recording.js'
import { startTimer } from './timer.js'
import type { Thrown, ToolCallScope } from './tool-call-scope.js'

export interface ToolCallOptions {
  /** Who it is for; default whoever `withUser` names. */
  readonly user?: string | null | undefined
}

/** A tool call under way; the first of `end` and `fail` counts. */
export interface ToolCall {
  end(): void
  fail(error: unknown): void
  /** Runs a function as a part of this call: the same tool, called by an instrumented client within, is not counted again. */
  run<T>(fn: () => T): T
}

interface OpenToolCall extends ToolCall {
  readonly scope: ToolCallScope
}

/** Begins a call of a tool, named without its arguments (A21); it is counted when it ends. */
export function startToolCall(recording: Recording, tool: string, options?: ToolCallOptions): OpenToolCall {
  const elapsedMs = startTimer(recording)
  const given = recording.guard('tool_call', () => options?.user)
  const user = given === undefined ? currentScope().user : given
  // Not a getter for `open`: an object with one takes V8 a microsecond to make.
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

/** Runs a function as a tool call; returns and throws what it does. */
export function withToolCall<T>(recording: Recording, tool: string, fn: () => T, options?: ToolCallOptions): T {
  const call = startToolCall(recording, tool, options)
  return follow(fn, (ending) => (ending.kind === 'threw' ? call.fail(ending.thrown) : call.end()), { inside: call.run })
}

/** A model that a tool asks is not a part of the call that asked for the tool. */
function runWithin<T>(tool: ToolCallScope, fn: () => T): T {
  return withScope({ tool, call: undefined }, fn)
}

/**
 * A tool call as an instrumented client sees it: a part of the application's own call of that tool where one is open, so
 * that it is counted once. Tools that call other tools are several calls.
 *
 * @param tool what the client calls it
 * @param label what to count it as when it stands alone
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

/** Applications that have tools of several servers put the server's name before the tool's. */
export function isSameTool(outer: unknown, tool: unknown): boolean {
  if (typeof outer !== 'string' || typeof tool !== 'string') return false
  return outer === tool || ['__', '.', ':'].some((separator) => outer.endsWith(separator + tool))
}
