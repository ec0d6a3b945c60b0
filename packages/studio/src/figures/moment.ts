import type { Span } from '../history/growth.js'
import type { History } from '../history/history.js'

/** The time windows of figures, in seconds; `all` is since the application started. */
export const windows = { all: undefined, '5m': 300, '15m': 900, '1h': 3600 } as const

export type WindowName = keyof typeof windows

/** The times of the figures in one rendering. */
export interface Moment {
  readonly history: History
  /** Seconds since the epoch of the last poll. */
  readonly now: number
  /** The chosen window; undefined means since the application started. */
  readonly span: Span | undefined
  /** The last minute. */
  readonly minute: Span
  /** Steps of small charts, ascending. */
  readonly grid: readonly number[]
  /** Seconds before each step over which its rate is computed. */
  readonly rateSeconds: number
}

const STEPS = 60
const LEAST_SECONDS = 30

/** Creates the moment of the last poll for a window. */
export function momentOf(history: History, window: WindowName): Moment {
  const now = history.polls.at(-1) ?? 0
  const seconds = windows[window]
  const shown = Math.min(seconds ?? windows['15m'], Math.max(LEAST_SECONDS, now - (history.polls[0] ?? now)))
  const step = shown / STEPS
  return {
    history,
    now,
    span: seconds === undefined ? undefined : { from: now - seconds, to: now },
    minute: { from: now - 60, to: now },
    grid: Array.from({ length: STEPS }, (_, i) => now - (STEPS - 1 - i) * step),
    rateSeconds: Math.max(step, 10),
  }
}

/** Growth per minute in the last minute, or in the observed part of it. */
export function perMinute(growth: number, { history, now }: Moment): number {
  const seen = Math.min(60, now - (history.polls[0] ?? now))
  return seen <= 0 ? Number.NaN : (growth / seen) * 60
}
