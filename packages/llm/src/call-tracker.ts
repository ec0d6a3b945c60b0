import { describeError, type LlmCall } from '@quipu/core'
import type { Attempts } from './attempts.js'

/** How one model call is told its end, once, by whichever of its ways is the first. */
export interface CallTracker {
  readonly call: LlmCall
  readonly isOpen: boolean
  /** Output of the stream came; it is no longer unread. */
  touch(): void
  end(outcome?: 'complete' | 'abandoned'): void
  fail(error: unknown): void
  abort(): void
}

interface State {
  readonly call: LlmCall
  readonly attempts: Attempts
  isOpen: boolean
  isTouched: boolean
}

/**
 * What is never read has no end of its own: it is counted when nobody can read it any more. The state holds no reference
 * to its tracker, which lives as long as the promise or stream that could still be read.
 */
const unread = new FinalizationRegistry<State>((state) => {
  close(state, () => state.call.end(state.isTouched ? 'abandoned' : 'unread'))
})

function close(state: State, say: () => void): void {
  if (!state.isOpen) return
  state.isOpen = false
  say()
}

/** A client's own classes do not say what a time limit of its own looks like from outside: the attempt does. */
function knownFailure(error: unknown, attempts: Attempts): unknown {
  const { type } = describeError(error)
  const isVague = type === 'unknown' || type === 'connection'
  return isVague && attempts.failure === 'timeout' ? { code: 'timeout' } : error
}

/** Tracks a call until it ends or nothing refers to it any more. */
export function trackCall(call: LlmCall, attempts: Attempts): CallTracker {
  const state: State = { call, attempts, isOpen: true, isTouched: false }
  const tracker: CallTracker = {
    call,
    get isOpen() {
      return state.isOpen
    },
    touch() {
      state.isTouched = true
    },
    end: (outcome) => close(state, () => call.end(outcome)),
    fail: (error) => close(state, () => call.fail(knownFailure(error, state.attempts))),
    abort: () => close(state, () => call.abort()),
  }
  unread.register(tracker, state)
  return tracker
}
