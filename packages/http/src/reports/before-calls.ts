import { wrapMethod } from './wrap-method.js'

type Method = (this: object, ...args: unknown[]) => unknown

/**
 * Calls a function before each call of an object's method, or of that method of all objects with a prototype. The method keeps
 * its results and errors; errors of the function are discarded.
 * @returns whether the object has such a method
 */
export function beforeCalls(
  holder: object,
  name: string,
  see: (self: object, args: readonly unknown[]) => void,
): boolean {
  return wrapMethod<Method>(holder, name, (method) => {
    return function (...args) {
      try {
        see(this, args)
      } catch {
        // The library stays unchanged.
      }
      return Reflect.apply(method, this, args)
    }
  })
}
