import type { LlmCall } from '@quipu/core'
import { unref } from '@quipu/core'
import type { Failure } from '@quipu/protocols'

/** Identifies a request, so that a later one can be recognised as its repetition. */
export interface RequestIdentity {
  /** Method, origin and path. */
  readonly target: string
  /** Length and hash of the body; undefined when none was seen, which matches any. */
  readonly body: string | undefined
  /** Which attempt it is, from 0, where the client sends it. */
  readonly attempt: number | undefined
  /** The operation of a marked client that it is sent in. */
  readonly operation: object | undefined
}

/** An attempt that failed and may be repeated. */
export interface FailedAttempt {
  readonly identity: RequestIdentity
  /** The call to fail when it is not repeated; undefined when an outer call decides how it ended. */
  readonly call: LlmCall | undefined
  readonly failure: Failure | 'aborted'
  /** The reason that a repetition is counted with. */
  readonly reason: string
  readonly endedMs: number
}

interface Held extends FailedAttempt {
  readonly timer: ReturnType<typeof setTimeout>
}

/** Most attempts that are held; further ones are settled at once. */
const MAX_HELD = 1000

/**
 * Failed attempts whose client may send them again. A request that repeats one within the time continues its call; an
 * attempt that is not repeated fails its call, with the time at which it failed.
 */
export class HeldCalls {
  readonly #held = new Set<Held>()

  hold(attempt: FailedAttempt, forMs: number): void {
    if (this.#held.size >= MAX_HELD) {
      settle(attempt)
      return
    }
    const timer = setTimeout(() => {
      this.#held.delete(held)
      settle(held)
    }, forMs)
    unref(timer)
    const held: Held = { ...attempt, timer }
    this.#held.add(held)
  }

  /** Takes the oldest attempt that this request repeats. */
  take(identity: RequestIdentity): FailedAttempt | undefined {
    for (const held of this.#held) {
      if (!isRepetition(held.identity, identity)) continue
      this.#held.delete(held)
      clearTimeout(held.timer)
      return held
    }
    return undefined
  }

  /** Fails every held call now. */
  settleAll(): void {
    for (const held of this.#held) {
      clearTimeout(held.timer)
      settle(held)
    }
    this.#held.clear()
  }
}

function isRepetition(earlier: RequestIdentity, later: RequestIdentity): boolean {
  if (earlier.target !== later.target) return false
  // A client that counts its attempts leaves no doubt, as does an operation that contains both; the same request of two
  // users is two calls.
  const isNext = earlier.attempt !== undefined && later.attempt === earlier.attempt + 1
  const isSameOperation = earlier.operation !== undefined && later.operation === earlier.operation
  if (later.attempt !== undefined && !isNext && !isSameOperation) return false
  return earlier.body === undefined || later.body === undefined || earlier.body === later.body
}

function settle({ call, failure, endedMs }: FailedAttempt): void {
  if (failure === 'aborted') call?.abort(endedMs)
  else call?.fail(failure, endedMs)
}
