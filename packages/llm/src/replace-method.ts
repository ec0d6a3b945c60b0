import { INSTRUMENTED } from '@quipu/catalog/symbols'
import { type Callable, isCallable } from './shape.js'

/** `replaced`, or why it was not. */
export type Replacement = 'replaced' | 'already' | 'missing'

/**
 * Puts a wrapper in a method's place, on this one object and not on its class: name and length stay, and it does not show
 * among the object's properties. What is instrumented already, or cannot be changed, stays as it is.
 */
export function replaceMethod(owner: object, name: string, wrap: (method: Callable) => Callable): Replacement {
  const method: unknown = Reflect.get(owner, name)
  if (!isCallable(method)) return 'missing'
  if (Reflect.has(method, INSTRUMENTED)) return 'already'
  const wrapper = wrap(method)
  Reflect.defineProperty(wrapper, 'name', { value: method.name, configurable: true })
  Reflect.defineProperty(wrapper, 'length', { value: method.length, configurable: true })
  Reflect.defineProperty(wrapper, INSTRUMENTED, { value: true })
  const enumerable = Reflect.getOwnPropertyDescriptor(owner, name)?.enumerable ?? false
  const isDefined = Reflect.defineProperty(owner, name, {
    value: wrapper,
    configurable: true,
    writable: true,
    enumerable,
  })
  return isDefined ? 'replaced' : 'missing'
}
