import type { AnyFunction } from './wrap-function.js'

/** Where a run takes place; what it has begun goes on there. */
export type Inside = <R>(fn: () => R) => R
const here: Inside = (fn) => fn()

/** What a run threw. */
export interface Thrown {
  readonly thrown: unknown
}

/** Told once how a run ended, and with what it came back; of an iterator there is no result. Must not throw. */
export type Settle = (error: Thrown | undefined, result?: unknown) => void

/**
 * Runs a function and tells when what it began has ended, without changing it: the same value comes back and the same
 * error is thrown. A promise ends when it settles, an iterator or generator when it is exhausted, left or fails.
 *
 * A native promise is followed by one derived from it, which stands in for it: a rejection nobody handles stays one
 * unhandled rejection. Other thenables (query builders, lazy API promises) and iterators are followed in place, since
 * asking them, or replacing them, would change what they do.
 *
 * @param inside where the function runs, and whatever it put off: a generator's steps, a lazy thenable's work
 */
export function follow<T>(run: () => T, settle: Settle, inside: Inside = here): T {
  const end = once(settle)
  let result: T
  try {
    result = inside(run)
  } catch (thrown) {
    end({ thrown })
    throw thrown
  }
  if (isNativePromise(result)) {
    const derived: unknown = result.then(
      (value) => {
        end(undefined, value)
        return value
      },
      (thrown) => {
        end({ thrown })
        throw thrown
      },
    )
    // The derived promise has the type of the one it stands in for.
    return derived as T
  }
  const isFollowed = holds(() =>
    isIterator(result)
      ? followIterator(result, end, inside)
      : isThenable(result) && followThenable(result, end, inside),
  )
  if (!isFollowed) end(undefined, result)
  return result
}

function once(settle: Settle): Settle {
  let settled = false
  return (error, result) => {
    if (settled) return
    settled = true
    settle(error, result)
  }
}

type Method = (this: unknown, ...args: unknown[]) => unknown
type Iterating = { next: Method }
type Thenable = { then: Method }

/** Whether something about a value holds; not, when a getter or a proxy of its own throws at the question. */
function holds(question: () => boolean): boolean {
  try {
    return question()
  } catch {
    return false
  }
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isNativePromise(value: unknown): value is Promise<unknown> {
  return holds(() => value instanceof Promise && Object.getPrototypeOf(value) === Promise.prototype)
}

function isPromise(value: unknown): value is Promise<unknown> {
  return holds(() => value instanceof Promise)
}

function isThenable(value: unknown): value is Thenable {
  return isObject(value) && holds(() => typeof Reflect.get(value, 'then') === 'function')
}

function isIterator(value: unknown): value is Iterating {
  if (!isObject(value)) return false
  return holds(
    () =>
      typeof Reflect.get(value, 'next') === 'function' && (Symbol.iterator in value || Symbol.asyncIterator in value),
  )
}

/** Puts a method in place of another; false where the object does not let it. */
function replace(holder: object, name: string, value: Method): boolean {
  return holds(() =>
    Reflect.defineProperty(holder, name, { value, configurable: true, writable: true, enumerable: false }),
  )
}

function followThenable(thenable: Thenable, end: Settle, inside: Inside): boolean {
  const { then } = thenable
  return replace(thenable, 'then', function (this: unknown, onValue, onError) {
    const fulfilled = (value: unknown): unknown => {
      end(undefined, value)
      return typeof onValue === 'function' ? onValue(value) : value
    }
    const rejected = (thrown: unknown): unknown => {
      end({ thrown })
      if (typeof onError === 'function') return onError(thrown)
      throw thrown
    }
    return inside(() => then.call(this, fulfilled, rejected))
  })
}

function followIterator(iterator: Iterating, end: Settle, inside: Inside): boolean {
  return replaceSteps(iterator, (name, method) => followStep(name, method, end, inside))
}

/**
 * Has the steps of an iterator or generator run where it was made, whoever reads it; what is none, and what does not let
 * itself be changed, stays as it is. The iterator, its steps and its errors stay what they are.
 */
export function bindIteration(value: unknown, inside: Inside): void {
  if (!isIterator(value)) return
  const bound = (method: AnyFunction): Method =>
    function (this: unknown, ...args) {
      return inside(() => Reflect.apply(method, this, args))
    }
  holds(() => replaceSteps(value, (_name, method) => bound(method)))
}

/** Puts other methods in place of an iterator's own; false where it does not let them. */
function replaceSteps(iterator: Iterating, step: (name: string, method: AnyFunction) => Method): boolean {
  return ['next', 'return', 'throw'].every((name) => {
    const method: unknown = Reflect.get(iterator, name)
    return !isFunction(method) || replace(iterator, name, step(name, method))
  })
}

function followStep(name: string, method: AnyFunction, end: Settle, inside: Inside): Method {
  const look = (step: unknown): unknown => {
    // Whoever returns from a loop has left it, also where the iterator has more to say.
    if (name === 'return' || (isObject(step) && holds(() => Reflect.get(step, 'done') === true))) end(undefined)
    return step
  }
  const fail = (thrown: unknown): never => {
    end({ thrown })
    throw thrown
  }
  return function (this: unknown, ...args) {
    let step: unknown
    try {
      step = inside(() => Reflect.apply(method, this, args))
    } catch (thrown) {
      return fail(thrown)
    }
    return isPromise(step) ? step.then(look, fail) : look(step)
  }
}
