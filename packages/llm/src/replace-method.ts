import { INSTRUMENTED } from '@quipu/catalog/symbols'
import { type Callable, isCallable } from '@quipu/wire/shape'

/** `replaced`, or the reason why not. */
export type Replacement = 'replaced' | 'already' | 'missing'

/**
 * Replaces a method by a wrapper on this one object and not on its class. The wrapper keeps name and length and is not
 * enumerable. A method that this object has replaced before, or that cannot be changed, stays the same.
 */
export function replaceMethod(object: object, name: string, wrap: (method: Callable) => Callable): Replacement {
  const method: unknown = Reflect.get(object, name)
  if (!isCallable(method)) return 'missing'
  if (Reflect.get(method, INSTRUMENTED) === object) return 'already'
  const wrapper = likeMethod(wrap(method), method)
  Reflect.defineProperty(wrapper, INSTRUMENTED, { value: object })
  const enumerable = Reflect.getOwnPropertyDescriptor(object, name)?.enumerable ?? false
  const isDefined = Reflect.defineProperty(object, name, {
    value: wrapper,
    configurable: true,
    writable: true,
    enumerable,
  })
  return isDefined ? 'replaced' : 'missing'
}

/** Gives a wrapper the name and length of the function that it calls, and returns it. */
export function likeMethod(wrapper: Callable, { name, length }: Callable): Callable {
  return Object.defineProperties(wrapper, {
    name: { value: name, configurable: true },
    length: { value: length, configurable: true },
  })
}
