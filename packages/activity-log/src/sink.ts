import type { ActivityEvent } from '@quipu/core'

/** The outcome of a line: written, dropped for lack of room, or failed in the sink. */
export type LineOutcome = 'written' | 'dropped' | 'failed'

/**
 * A destination of lines. A sink may throw, reject, be slow or never answer: the writer catches and counts that.
 * It must not block: `write` is called synchronously where the event is recorded.
 *
 * @example
 * const sink: ActivitySink = { write: (line) => socket.send(line) }
 */
export interface ActivitySink {
  /**
   * Takes one line, without its newline, and its event. Returns the `LineOutcome` or a promise of it; any other return
   * value means written.
   */
  write(line: string, event: ActivityEvent): unknown
  /** Resolves when every line taken so far is written or given up. */
  flush?(): PromiseLike<void>
  /** Flushes, then releases the sink's resources. Later lines are dropped. */
  close?(): PromiseLike<void>
}

/** A function used as a sink. */
export type SinkFunction = ActivitySink['write']

/**
 * Creates a sink from a function. Every option that takes a sink takes the function itself too. Never throws; errors of the
 * function are caught and counted.
 *
 * @example
 * const lines: string[] = []
 * const sink = functionSink((line) => lines.push(line))
 */
export function functionSink(write: SinkFunction): ActivitySink {
  return { write }
}
