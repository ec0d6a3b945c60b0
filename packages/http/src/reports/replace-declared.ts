import { isObject } from '@quipu/catalog/builtin'
import { type AnyMethod, wrapMethod } from './wrap-method.js'

/**
 * Returns a function to use instead of one that a module declares.
 *
 * @param original the declared function
 * @param exports the exports of the module, which a CommonJS module has filled already
 * @param wrap returns the new function
 */
export function replaceDeclared<M extends AnyMethod>(
  name: string,
  original: unknown,
  exports: unknown,
  wrap: (original: M) => M,
): unknown {
  const holder = { [name]: original }
  wrapMethod<M>(holder, name, wrap)
  // An ES module refuses it, and takes the returned function.
  if (isObject(exports)) Reflect.set(exports, name, holder[name])
  return holder[name]
}
