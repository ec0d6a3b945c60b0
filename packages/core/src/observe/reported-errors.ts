import { isObject } from '@quipu/catalog/builtin'
import { shared } from '../shared.js'
import { causesOf } from './describe-error.js'

const reported = (): WeakSet<object> => shared('reportedErrors', () => new WeakSet())

/** Notes an error that the application has reported itself. Nothing of it is read. */
export function noteReportedError(error: unknown): void {
  if (isObject(error)) reported().add(error)
}

/**
 * Returns whether the application has reported an error, or one of its causes, by `trackError`. Never throws.
 *
 * @example
 * if (!isReportedError(error)) recorder.trackError(describeError(error).type)
 */
export function isReportedError(error: unknown): boolean {
  try {
    return causesOf(error).some((cause) => reported().has(cause))
  } catch {
    // A getter of the error threw.
    return false
  }
}
