import { type AnyMethod, type Following, holds, methodOf, replaceMethod } from './following.js'

// Taken from an async function, not from the global: libraries replace the global `Promise`, while async functions keep
// returning native promises.
const nativePrototype: object = Object.getPrototypeOf((async () => undefined)())

/** Receives the value that a promise is fulfilled with; returns it unless it can be followed further. */
type OnValue = (value: unknown) => void

/** Returns whether a value is a native promise, and not one of a subclass or a proxy. */
export function isNativePromise(value: object): value is Promise<unknown> {
  return holds(() => Object.getPrototypeOf(value) === nativePrototype)
}

/**
 * Derives a promise that replaces a native one: `await` reads a native promise without calling its methods, so that it
 * cannot be followed in place. An unhandled rejection stays one unhandled rejection.
 *
 * @returns undefined for a proxy of a promise, which cannot be derived from
 */
export function followNativePromise(
  promise: Promise<unknown>,
  onValue: OnValue,
  { end }: Following,
): Promise<unknown> | undefined {
  try {
    const then = methodOf(nativePrototype, 'then')
    const derived: unknown = then?.call(
      promise,
      (value: unknown) => {
        onValue(value)
        return value
      },
      (thrown: unknown) => {
        end({ kind: 'threw', thrown })
        throw thrown
      },
    )
    if (!(derived instanceof Object)) return undefined
    // Some functions set properties on the promise that they return.
    for (const key of Reflect.ownKeys(promise)) {
      const descriptor = Reflect.getOwnPropertyDescriptor(promise, key)
      if (descriptor !== undefined) Reflect.defineProperty(derived, key, descriptor)
    }
    return derived as Promise<unknown>
  } catch {
    return undefined
  }
}

/**
 * Follows a thenable in place (a promise of another class, a query builder). Its `then` is not called, because a lazy
 * thenable would start its work. Its class, identity and behaviour stay the same.
 *
 * @returns false if the methods of the object cannot be replaced
 */
export function followThenable(thenable: object, then: AnyMethod, onValue: OnValue, following: Following): boolean {
  const { end, inside } = following
  let asked = 0
  const followed = replaceMethod(thenable, 'then', function (this: unknown, onFulfilled, onRejected) {
    asked++
    const fulfilled = (value: unknown): unknown => {
      onValue(value)
      return typeof onFulfilled === 'function' ? onFulfilled(value) : value
    }
    const rejected = (thrown: unknown): unknown => {
      end({ kind: 'threw', thrown })
      if (typeof onRejected === 'function') return onRejected(thrown)
      throw thrown
    }
    try {
      return inside(() => then.call(this, fulfilled, rejected))
    } catch (thrown) {
      // A proxy of a promise throws here, as it does when it is not followed.
      end({ kind: 'threw', thrown })
      throw thrown
    }
  })
  if (!followed) return false
  for (const name of ['catch', 'finally']) {
    const method = methodOf(thenable, name)
    if (method === undefined) continue
    replaceMethod(thenable, name, function (this: unknown, ...args) {
      const before = asked
      const sent = name === 'catch' ? args.map((arg) => failingFirst(arg, following)) : args
      const derived = inside(() => method.apply(this, sent))
      // Most of them call `then`, which is followed; otherwise their result is followed.
      return asked === before ? followDerived(derived, onValue, following) : derived
    })
  }
  return true
}

/** A handler of rejections that first reports the failure. */
function failingFirst(handler: unknown, { end }: Following): unknown {
  // A class among the arguments selects errors; it is not a handler.
  if (typeof handler !== 'function' || isErrorClass(handler)) return handler
  return function (this: unknown, ...args: unknown[]): unknown {
    end({ kind: 'threw', thrown: args[0] })
    return handler.apply(this, args)
  }
}

function isErrorClass(value: object): boolean {
  return holds(() => Reflect.get(value, 'prototype') instanceof Error || value === Error)
}

function followDerived(derived: unknown, onValue: OnValue, following: Following): unknown {
  if (typeof derived !== 'object' || derived === null) return derived
  if (isNativePromise(derived)) return followNativePromise(derived, onValue, following) ?? derived
  const then = methodOf(derived, 'then')
  if (then !== undefined) followThenable(derived, then, onValue, following)
  return derived
}
