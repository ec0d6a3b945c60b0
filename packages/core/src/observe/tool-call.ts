import { currentScope } from './context.js'
import { describeError } from './describe-error.js'
import { follow } from './follow.js'
import { toolCallMapping } from './mapping.js'
import type { Recording } from './recording.js'
import { startTimer } from './timer.js'

export interface ToolCallOptions {
  /** Who it is for; default whoever `withUser` names. */
  readonly user?: string | null | undefined
}

/** A tool call under way; the first of `end` and `fail` counts. */
export interface ToolCall {
  end(): void
  fail(error: unknown): void
}

/** Begins a call of a tool, named without its arguments (A21); it is counted when it ends. */
export function startToolCall(recording: Recording, tool: string, options?: ToolCallOptions): ToolCall {
  const elapsedMs = startTimer(recording)
  const given = recording.guard('tool_call', () => options?.user)
  const user = given === undefined ? currentScope().user : given
  let open = true
  const end = (error: { readonly thrown: unknown } | undefined): void => {
    if (!open) return
    open = false
    recording.guard('tool_call', () =>
      recording.observe(
        toolCallMapping,
        { tool, durationMs: elapsedMs(), error: error === undefined ? undefined : describeError(error.thrown) },
        user,
      ),
    )
  }
  return { end: () => end(undefined), fail: (thrown) => end({ thrown }) }
}

/** Runs a function as a tool call; returns and throws what it does. */
export function withToolCall<T>(recording: Recording, tool: string, fn: () => T, options?: ToolCallOptions): T {
  const call = startToolCall(recording, tool, options)
  return follow(fn, (error) => (error === undefined ? call.end() : call.fail(error.thrown)))
}
