import { describeError } from './describe-error.js'
import { follow } from './follow.js'
import type { Recording } from './recording.js'
import { startTimer } from './timer.js'

/** A feature in use: ended once, by `end`, `fail` or the end of its block. */
export interface FeatureRun extends Disposable {
  /** It failed: counts the error by its class (S20) and ends the run. */
  fail(error: unknown): void
  end(): void
}

/** Counts a use of a feature (S18) and times it until it ends (S19). */
export function startFeature(recording: Recording, name: string): FeatureRun {
  recording.write('feature_usage_total', 1, { feature_name: name })
  const elapsedMs = startTimer(recording)
  let open = true
  const end = (error?: { readonly thrown: unknown }): void => {
    if (!open) return
    open = false
    recording.write('feature_duration_seconds', elapsedMs() / 1000, { feature_name: name })
    // Not trackFeatureError: text that was thrown is a message, not a class (T10).
    if (error !== undefined) countError(recording, name, describeError(error.thrown).className)
  }
  return { fail: (thrown) => end({ thrown }), end: () => end(), [Symbol.dispose]: () => end() }
}

/** Counts an error of a feature by its class name; a string is taken as that name. */
export function trackFeatureError(recording: Recording, name: string, error: unknown): void {
  countError(recording, name, typeof error === 'string' ? error : describeError(error).className)
}

function countError(recording: Recording, name: string, className: string): void {
  recording.write('feature_errors_total', 1, { feature_name: name, error_type: className })
}

/** Runs a function as a feature: use at entry, duration always, errors by class; returns and throws what it does. */
export function withFeature<T>(recording: Recording, name: string, fn: () => T): T {
  return runFeature(startFeature(recording, name), fn)
}

/** Runs a function as a feature that has been started; returns and throws what the function does. */
export function runFeature<T>(run: FeatureRun, fn: () => T): T {
  return follow(fn, (ending) => {
    if (ending.kind === 'threw') run.fail(ending.thrown)
    // When it was collected says nothing of how long it took.
    else if (ending.kind !== 'collected') run.end()
  })
}
