import { describeError } from './describe-error.js'
import { follow } from './follow.js'
import type { Recording } from './recording.js'
import { startTimer } from './timer.js'

/** A use of a feature, ended once by `end`, `fail` or the end of its block. */
export interface FeatureRun extends Disposable {
  /** Counts an error of the feature by its class and ends the run. */
  fail(error: unknown): void
  end(): void
}

/** Counts a use of a feature and times it until its end. */
export function startFeature(recording: Recording, name: string): FeatureRun {
  recording.write('feature_usage_total', 1, { feature_name: name })
  const elapsedMs = startTimer(recording)
  let open = true
  const end = (error?: { readonly thrown: unknown }): void => {
    if (!open) return
    open = false
    recording.write('feature_duration_seconds', elapsedMs() / 1000, { feature_name: name })
    // Not trackFeatureError: a thrown string is a message, not a class name.
    if (error !== undefined) countError(recording, name, describeError(error.thrown).className)
  }
  return { fail: (thrown) => end({ thrown }), end: () => end(), [Symbol.dispose]: () => end() }
}

/** Counts an error of a feature by the name of its class; a string is used as that name. */
export function trackFeatureError(recording: Recording, name: string, error: unknown): void {
  countError(recording, name, typeof error === 'string' ? error : describeError(error).className)
}

function countError(recording: Recording, name: string, className: string): void {
  recording.write('feature_errors_total', 1, { feature_name: name, error_type: className })
}

/** Runs a function as a use of a feature: counted on entry, always timed, errors counted by class. */
export function withFeature<T>(recording: Recording, name: string, fn: () => T): T {
  return runFeature(startFeature(recording, name), fn)
}

/** Runs a function as a use that was already started. */
export function runFeature<T>(run: FeatureRun, fn: () => T): T {
  return follow(fn, (ending) => {
    if (ending.kind === 'threw') run.fail(ending.thrown)
    // The time of garbage collection is not a duration.
    else if (ending.kind !== 'collected') run.end()
  })
}
