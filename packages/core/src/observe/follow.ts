import { isObject } from '@quipu/catalog/builtin'
import { followAsyncIterable, followIterator, isIterator } from './follow-iteration.js'
import { followNativePromise, followThenable, isNativePromise } from './follow-promise.js'
import { type Ending, endWhenCollected, type Following, type Inside, methodOf } from './following.js'

export interface FollowOptions {
  /** Scope of the function and of its deferred work: a generator's steps, a lazy thenable's work. */
  readonly inside?: Inside
  /** Called for each value that an iterator yields. Must not throw. */
  readonly onStep?: (value: unknown) => void
}

const here: Inside = (fn) => fn()
const nothing = (): void => undefined

/**
 * Runs a function and reports the end of its work once, without changing it: results and errors stay the same. A
 * promise ends when it settles; an iterator or a stream that is looped over ends when it is exhausted, left or fails.
 *
 * A native promise is replaced by one derived from it. Other thenables (query builders, lazy API promises), iterators
 * and streams are followed in place, without calling, replacing or deriving them. One that is garbage-collected counts
 * as left.
 *
 * @param onEnd called once with the ending; must not throw
 * @example
 * follow(() => fetch(url), (ending) => record(ending))
 */
export function follow<T>(run: () => T, onEnd: (ending: Ending) => void, options: FollowOptions = {}): T {
  const following: Following = {
    end: once(onEnd),
    step: options.onStep ?? nothing,
    inside: options.inside ?? here,
  }
  let result: T
  try {
    result = following.inside(run)
  } catch (thrown) {
    following.end({ kind: 'threw', thrown })
    throw thrown
  }
  // The replacement of a promise has the same type.
  return followValue(result, following) as T
}

/** Follows a value to its end. Returns it, or the promise that replaces it. */
function followValue(value: unknown, following: Following): unknown {
  if (!isObject(value)) {
    following.end({ kind: 'returned', result: value })
    return value
  }
  const onValue = (fulfilled: unknown): void => {
    if (!isObject(fulfilled) || !followReadable(fulfilled, following)) {
      following.end({ kind: 'returned', result: fulfilled })
    }
  }
  if (isNativePromise(value)) {
    const standIn = followNativePromise(value, onValue, following)
    if (standIn !== undefined) return standIn
  }
  if (followReadable(value, following)) return value
  const then = methodOf(value, 'then')
  if (then !== undefined && followThenable(value, then, onValue, following)) endWhenCollected(value, following)
  else following.end({ kind: 'returned', result: value })
  return value
}

/** Follows a value that is read by looping over it; returns false for other values. */
function followReadable(value: object, following: Following): boolean {
  return isIterator(value) ? followIterator(value, following) : followAsyncIterable(value, following)
}

function once(onEnd: (ending: Ending) => void): (ending: Ending) => void {
  let hasEnded = false
  return (ending) => {
    if (hasEnded) return
    hasEnded = true
    onEnd(ending)
  }
}
