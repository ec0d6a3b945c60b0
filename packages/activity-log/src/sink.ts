import type { ActivityEvent } from '@quipu/core'

/** What became of a line: it is out, there was no room for it, or the way out broke. */
export type LineOutcome = 'written' | 'dropped' | 'failed'

/**
 * Where lines go. A sink may throw, reject, be slow or never answer: the writer catches and counts it.
 * What it must not do is block: `write` is called where the event happens.
 *
 * @example
 * const sink: ActivitySink = { write: (line) => socket.send(line) }
 */
export interface ActivitySink {
  /**
   * Takes one line, without its newline, and the event that it says. Whoever knows what became of it returns a
   * `LineOutcome`, or a promise of one; everything else returned, or nothing, means written.
   */
  write(line: string, event: ActivityEvent): unknown
  /** Resolves when every line taken so far is out or given up. */
  flush?(): PromiseLike<void>
  /** Flushes, then gives back what the sink holds. Later lines are dropped. */
  close?(): PromiseLike<void>
}

/** A function in the place of a sink. */
export type SinkFunction = ActivitySink['write']

/**
 * Makes a sink of a function; wherever a sink is asked for, the function alone does as well.
 *
 * @example
 * const lines: string[] = []
 * const sink = functionSink((line) => lines.push(line))
 */
export function functionSink(write: SinkFunction): ActivitySink {
  return { write }
}
