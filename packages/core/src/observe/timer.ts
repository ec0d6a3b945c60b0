import type { Recording } from './recording.js'

/** Starts a stopwatch on the recorder's monotonic clock: a function of milliseconds, never below 0, that never throws. */
export function startTimer(recording: Recording): () => number {
  const now = (): number => recording.guard('clock', () => recording.clock.monotonicMs()) ?? 0
  const started = now()
  return () => Math.max(0, now() - started)
}
