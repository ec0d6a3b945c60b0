import type { Recording } from './recording.js'

/** Starts a stopwatch on the recorder's monotonic clock. It returns milliseconds, at least 0, and never throws. */
export function startTimer(recording: Recording): () => number {
  const now = (): number => recording.guard('clock', () => recording.clock.monotonicMs()) ?? 0
  const started = now()
  return () => Math.max(0, now() - started)
}
