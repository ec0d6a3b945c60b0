/** Told once how a run ended; must not throw. */
export type Settle = (error: { readonly thrown: unknown } | undefined) => void

/**
 * Runs a function and tells when what it began has ended, without changing it: the same value comes back and the same
 * error is thrown. A promise ends when it settles, an iterator or generator when it is exhausted, left or fails.
 *
 * A native promise is followed by one derived from it, which stands in for it: a rejection nobody handles stays one
 * unhandled rejection. Other thenables (query builders, lazy API promises) and iterators are followed in place, since
 * asking them, or replacing them, would change what they do.
 */
export function follow<T>(run: () => T, settle: Settle): T {
  const end = once(settle)
  let result: T
  try {
    result = run()
  } catch (thrown) {
    end({ thrown })
    throw thrown
  }
  return followResult(result, end)
}

function once(settle: Settle): Settle {
  let settled = false
  return (error) => {
    if (settled) return
    settled = true
    settle(error)
  }
}

function followResult<T>(result: T, end: Settle): T {
  if (typeof result !== 'object' || result === null) {
    end(undefined)
    return result
  }
  if (isNativePromise(result)) {
    const derived: unknown = result.then(
      (value) => {
        end(undefined)
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
  if (isIterator(result) || isThenable(result)) {
    try {
      if (isIterator(result)) followIterator(result, end)
      else followThenable(result, end)
      return result
    } catch {
      // Frozen or guarded: it stays as it is, and counts as ended.
    }
  }
  end(undefined)
  return result
}

type Method = (this: unknown, ...args: unknown[]) => unknown

function isNativePromise(value: object): value is Promise<unknown> {
  return value instanceof Promise && Object.getPrototypeOf(value) === Promise.prototype
}

function isThenable(value: object): value is { then: Method } {
  return typeof Reflect.get(value, 'then') === 'function'
}

function isIterator(value: object): value is { next: Method } {
  return typeof Reflect.get(value, 'next') === 'function' && (Symbol.iterator in value || Symbol.asyncIterator in value)
}

function replace(holder: object, name: string, value: Method): void {
  Object.defineProperty(holder, name, { value, configurable: true, writable: true, enumerable: false })
}

function followThenable(thenable: { then: Method }, end: Settle): void {
  const { then } = thenable
  replace(thenable, 'then', function (this: unknown, onValue, onError) {
    return then.call(
      this,
      (value: unknown) => {
        end(undefined)
        return typeof onValue === 'function' ? onValue(value) : value
      },
      (thrown: unknown) => {
        end({ thrown })
        if (typeof onError === 'function') return onError(thrown)
        throw thrown
      },
    )
  })
}

function followIterator(iterator: object, end: Settle): void {
  for (const name of ['next', 'return', 'throw'] as const) {
    const method: unknown = Reflect.get(iterator, name)
    if (typeof method !== 'function') continue
    const observe = (step: unknown): void => {
      if (name === 'return' || (typeof step === 'object' && step !== null && Reflect.get(step, 'done') === true)) {
        end(undefined)
      }
    }
    replace(iterator, name, function (this: unknown, ...args) {
      let step: unknown
      try {
        step = Reflect.apply(method, this, args)
      } catch (thrown) {
        end({ thrown })
        throw thrown
      }
      if (step instanceof Promise) {
        return step.then(
          (value) => {
            observe(value)
            return value
          },
          (thrown) => {
            end({ thrown })
            throw thrown
          },
        )
      }
      observe(step)
      return step
    })
  }
}
