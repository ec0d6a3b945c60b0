/** Access to values of unknown shape: requests, responses and clients of other libraries. */
export type Shape = { readonly [name: string]: unknown }

export function isShape(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null
}

/** Returns a property of any value; undefined if it has none. */
export function at(holder: unknown, name: string | number): unknown {
  return isShape(holder) || isCallable(holder) ? Reflect.get(holder, name) : undefined
}

export function textAt(holder: unknown, name: string): string | undefined {
  const value = at(holder, name)
  return typeof value === 'string' ? value : undefined
}

export function listAt(holder: unknown, name: string): readonly unknown[] {
  const value = at(holder, name)
  return Array.isArray(value) ? value : []
}

/** Any function, with unknown arguments and result. */
export type Callable = (this: unknown, ...args: unknown[]) => unknown

export function isCallable(value: unknown): value is Callable {
  return typeof value === 'function'
}

/** Returns the prototype of a class that a module exports. */
export function prototypeOf(exports: unknown, name: string): object | undefined {
  const exported = at(exports, name)
  const prototype: unknown = isCallable(exported) ? Reflect.get(exported, 'prototype') : undefined
  return isShape(prototype) ? prototype : undefined
}
