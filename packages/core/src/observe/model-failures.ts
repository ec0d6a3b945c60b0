import { shared } from '../shared.js'
import { causesOf, statusOf } from './describe-error.js'

/** A response of a model that failed a call. */
interface FailedResponse {
  readonly status: number
  readonly atMs: number
}

interface ModelFailures {
  /** The errors that failed a model call. */
  readonly errors: WeakSet<object>
  responses: readonly FailedResponse[]
}

/** Time in which a client creates its own error for a response, and the application throws it. */
const WINDOW_MS = 5_000
const MAX_RESPONSES = 100

const failures = (): ModelFailures => shared('modelFailures', () => ({ errors: new WeakSet(), responses: [] }))
const recent = ({ responses }: ModelFailures): readonly FailedResponse[] =>
  responses.filter(({ atMs }) => performance.now() - atMs < WINDOW_MS)

/**
 * Notes what failed a model call, for `isModelFailure`. Never throws.
 *
 * @param failure the thrown error, or an object with the `status` of the response
 * @example
 * noteModelFailure({ status: 429 })
 */
export function noteModelFailure(failure: object): void {
  try {
    const known = failures()
    known.errors.add(failure)
    const status = statusOf(failure)
    if (status === undefined) return
    known.responses = [...recent(known).slice(1 - MAX_RESPONSES), { status, atMs: performance.now() }]
  } catch {
    // A getter of the error threw.
  }
}

/** Notes an error that an application reports or throws, which can be any value. Never throws. */
export function noteThrown(thrown: unknown): void {
  try {
    if (thrown instanceof Error) noteModelFailure(thrown)
  } catch {
    // A proxy threw.
  }
}

/**
 * Returns whether an error is that of a model call, which has been reported itself: the same error or one with it as a cause, or
 * one with the status of a response that failed a call in the last five seconds. Each such response counts for one error.
 * Never throws.
 *
 * @example
 * if (!isModelFailure(error)) recorder.trackError(describeError(error).type)
 */
export function isModelFailure(error: unknown): boolean {
  try {
    const known = failures()
    const causes = causesOf(error)
    const isKnown = causes.some((cause) => known.errors.has(cause))
    const status = causes.map(statusOf).find((each) => each !== undefined)
    known.responses = recent(known)
    const latest = known.responses.findLast((response) => response.status === status)
    known.responses = known.responses.filter((response) => response !== latest)
    for (const cause of latest === undefined ? [] : causes) known.errors.add(cause)
    return isKnown || latest !== undefined
  } catch {
    // A getter of the error threw.
    return false
  }
}
