type Method = (this: object, ...args: unknown[]) => unknown

/**
 * Has a function see the calls of an object's method before they run, or those of all objects of a prototype. The method keeps
 * its name and length, and its callers get what it returns and throws; what the function throws is discarded.
 * @returns whether the object has such a method
 */
export function beforeCalls(
  holder: object,
  name: string,
  see: (self: object, args: readonly unknown[]) => void,
): boolean {
  const method: unknown = Reflect.get(holder, name)
  if (!isMethod(method)) return false
  const seen: Method = function (...args) {
    try {
      see(this, args)
    } catch {
      // The library works as it does alone.
    }
    return Reflect.apply(method, this, args)
  }
  Reflect.defineProperty(seen, 'name', { value: method.name, configurable: true })
  Reflect.defineProperty(seen, 'length', { value: method.length, configurable: true })
  const isEnumerable = Reflect.getOwnPropertyDescriptor(holder, name)?.enumerable === true
  const descriptor = { value: seen, configurable: true, writable: true, enumerable: isEnumerable }
  return Reflect.defineProperty(holder, name, descriptor)
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function'
}
