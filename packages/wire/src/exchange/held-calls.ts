import type { LlmCall, Recorder } from '@quipu/core'
import { unref } from '@quipu/core'
import type { Failure } from '@quipu/protocols'

/** Identifies a request, so that its retry can be recognised. */
export interface RequestIdentity {
  /** The source that observed it: a client sends its retries as it sent the request. */
  readonly source: string | undefined
  /** Method, origin and path. */
  readonly target: string
  /** Length and hash of the body; undefined if it was not observed, because it was not sent or Node does not show it. */
  readonly body: string | undefined
  /** Length of the body, which identifies it less well; undefined, which matches any, if it is not known either. */
  readonly length: number | undefined
  /** Number of the attempt, from 0, if the client sends it. */
  readonly attempt: number | undefined
  /** The operation of a marked client that sends the request. */
  readonly operation: object | undefined
}

/** A failed attempt that may be retried. */
export interface FailedAttempt {
  readonly identity: RequestIdentity
  /** The call to fail without a retry; undefined if an outer call decides about its end. */
  readonly call: LlmCall | undefined
  readonly failure: Failure | 'aborted'
  /** The reason of a retry; undefined for a redirected request, which is not a retry. */
  readonly reason: string | undefined
  /** The request before it was redirected. */
  readonly redirected?: RequestIdentity | undefined
  readonly endedMs: number
}

interface Held extends FailedAttempt {
  /** When its client would have retried it. */
  readonly dueMs: number
  readonly timer: ReturnType<typeof setTimeout>
}

/** Maximum number of held attempts; further ones fail their call at once. */
const MAX_HELD = 1000

/**
 * Failed attempts that their client may retry. A retry within the time limit continues the call; without one, the call
 * fails with the time of the failure.
 *
 * A platform that freezes a process between requests, or ends the timers of a request with it (Workers), loses timers:
 * an attempt that is due is therefore also failed at the next reading and the next request.
 */
export class HeldCalls {
  readonly #clock: Recorder['clock']
  readonly #held = new Set<Held>()

  constructor({ clock, onCollect }: Pick<Recorder, 'clock' | 'onCollect'>) {
    this.#clock = clock
    onCollect(() => this.#failDue(), { always: true })
  }

  hold(attempt: FailedAttempt, forMs: number): void {
    this.#failDue()
    if (this.#held.size >= MAX_HELD) {
      failCall(attempt)
      return
    }
    const timer = setTimeout(() => this.#fail(held), forMs)
    unref(timer)
    const held: Held = { ...attempt, dueMs: this.#clock.monotonicMs() + forMs, timer }
    this.#held.add(held)
  }

  /** Removes and returns the oldest attempt that this request retries. A retry starts after the failure. */
  take(identity: RequestIdentity, startedMs: number): FailedAttempt | undefined {
    this.#failDue()
    for (const held of this.#held) {
      if (startedMs < held.endedMs || !isRepetition(held.identity, identity)) continue
      this.#held.delete(held)
      clearTimeout(held.timer)
      return held
    }
    return undefined
  }

  /** Fails every held call now. */
  failAll(): void {
    for (const held of this.#held) this.#fail(held)
  }

  #failDue(): void {
    if (this.#held.size === 0) return
    const nowMs = this.#clock.monotonicMs()
    for (const held of this.#held) if (held.dueMs <= nowMs) this.#fail(held)
  }

  #fail(held: Held): void {
    this.#held.delete(held)
    clearTimeout(held.timer)
    failCall(held)
  }
}

function isRepetition(earlier: RequestIdentity, later: RequestIdentity): boolean {
  if (earlier.target !== later.target || earlier.source !== later.source) return false
  // A client that counts its attempts leaves no doubt, nor does an operation that contains both. The same request of
  // two users is two calls.
  const isNext = earlier.attempt !== undefined && later.attempt === earlier.attempt + 1
  const isSameOperation = earlier.operation !== undefined && later.operation === earlier.operation
  if (later.attempt !== undefined && !isNext && !isSameOperation) return false
  if (earlier.body !== undefined && later.body !== undefined) return earlier.body === later.body
  return earlier.length === undefined || later.length === undefined || earlier.length === later.length
}

function failCall({ call, failure, endedMs }: FailedAttempt): void {
  if (failure === 'aborted') call?.abort(endedMs)
  else call?.fail(failure, endedMs)
}
