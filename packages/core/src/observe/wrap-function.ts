/** Any function. Without a type for `this`: it would become that of a function written in the call of a tracker. */
export type AnyFunction = (...args: never[]) => unknown

/** A decorator for methods under both standards: TC39's (`value, context`) and the legacy one (`target, key, descriptor`). */
export interface MethodDecorator {
  <F extends AnyFunction>(value: F, context: ClassMethodDecoratorContext): F
  <F extends AnyFunction>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<F>,
  ): TypedPropertyDescriptor<F>
}

/** What a wrapper does around a call. */
export type Around = (run: () => unknown, self: unknown, args: readonly unknown[]) => unknown

/**
 * A function that does what `fn` does with `around` about it; its type, name, length, `this`, properties and metadata
 * stay. What is no function stays what it is.
 */
export function wrapFunction<F extends AnyFunction>(fn: F, around: Around): F {
  if (typeof fn !== 'function') return fn
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    return around(() => Reflect.apply(fn, this, args), this, args)
  }
  // An async function stays one to those who look (`fn.constructor.name`).
  Object.setPrototypeOf(wrapped, Object.getPrototypeOf(fn))
  for (const key of Reflect.ownKeys(fn)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(fn, key)
    if (key !== 'prototype' && descriptor !== undefined) Reflect.defineProperty(wrapped, key, descriptor)
  }
  copyMetadata(fn, wrapped)
  // The wrapper takes and gives what `fn` does, which TypeScript cannot see through Reflect.apply.
  return wrapped as unknown as F
}

/** A decorator for methods that wraps them so; what it stands on that is no method stays what it is. */
export function methodDecorator(around: Around): MethodDecorator {
  const decorate = (
    value: AnyFunction,
    context: ClassMethodDecoratorContext | string | symbol,
    descriptor?: TypedPropertyDescriptor<AnyFunction>,
  ): unknown => {
    if (typeof context === 'object') return context.kind === 'method' ? wrapFunction(value, around) : undefined
    if (descriptor?.value !== undefined) descriptor.value = wrapFunction(descriptor.value, around)
    return descriptor
  }
  // One implementation for two call signatures that share no parameter types: in legacy mode `value` is the class.
  return decorate as unknown as MethodDecorator
}

/** Frameworks that keep metadata by function object (Nest, through reflect-metadata) find it on the wrapper too. */
function copyMetadata(from: object, to: object): void {
  const keys: unknown = Reflect.get(Reflect, 'getOwnMetadataKeys')
  const get: unknown = Reflect.get(Reflect, 'getOwnMetadata')
  const define: unknown = Reflect.get(Reflect, 'defineMetadata')
  if (typeof keys !== 'function' || typeof get !== 'function' || typeof define !== 'function') return
  for (const key of keys.call(Reflect, from)) define.call(Reflect, key, get.call(Reflect, key, from), to)
}
