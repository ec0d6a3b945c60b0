import { isObject } from '@quipu/catalog/builtin'

/** The value of an own property. A getter is not called: the AI SDK's read a stream to its end. */
export function get(holder: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(holder, name)?.value
}

/** The value at a path of own properties. */
export function at(holder: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isObject(value) ? get(value, name) : undefined), holder)
}
