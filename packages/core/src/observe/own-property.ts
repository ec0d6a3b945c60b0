import { isObject } from '@quipu/catalog/builtin'

/** Returns the value of an own property without calling a getter: those of the AI SDK read a stream to its end. */
export function get(holder: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(holder, name)?.value
}

/** Returns the value at a path of own properties. */
export function at(holder: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isObject(value) ? get(value, name) : undefined), holder)
}
