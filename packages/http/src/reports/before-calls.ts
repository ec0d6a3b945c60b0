type Method = (this: object, ...args: unknown[]) => unknown

/**
 * Calls a function before each call of an object's method, or of that method of all objects with a prototype. The method keeps
 * its name, length, results and errors; errors of the function are discarded.
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
      // The library stays unchanged.
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
