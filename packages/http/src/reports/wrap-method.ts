export type AnyMethod = (this: never, ...args: never[]) => unknown

/**
 * Replaces a method of an object, or of all objects with a prototype. The new method keeps the name and the length.
 * @param wrap returns the new method
 * @returns whether the object has such a method
 */
export function wrapMethod<M extends AnyMethod>(holder: unknown, name: string, wrap: (original: M) => M): boolean {
  if ((typeof holder !== 'object' && typeof holder !== 'function') || holder === null) return false
  const method: unknown = Reflect.get(holder, name)
  if (typeof method !== 'function') return false
  // The caller knows the library's method.
  const wrapped = wrap(method as M)
  Reflect.defineProperty(wrapped, 'name', { value: method.name, configurable: true })
  Reflect.defineProperty(wrapped, 'length', { value: method.length, configurable: true })
  const isEnumerable = Reflect.getOwnPropertyDescriptor(holder, name)?.enumerable === true
  const descriptor = { value: wrapped, configurable: true, writable: true, enumerable: isEnumerable }
  return Reflect.defineProperty(holder, name, descriptor)
}
