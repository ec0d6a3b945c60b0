/** Any function. Without a type for `this`, which would become that of a function in the call of a tracker. */
export type AnyFunction = (...args: never[]) => unknown

/**
 * A decorator for methods under both standards: TC39's (`value, context`) and the legacy one (`target, key,
 * descriptor`).
 */
export interface MethodDecorator {
  <F extends AnyFunction>(value: F, context: ClassMethodDecoratorContext): F
  <F extends AnyFunction>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<F>,
  ): TypedPropertyDescriptor<F>
}

/** Runs code around a call. */
export type Around = (run: () => unknown, self: unknown, args: readonly unknown[]) => unknown

/**
 * Wraps a function. Type, name, length, `this`, properties and metadata stay the same. Other values are returned
 * unchanged.
 */
export function wrapFunction<F extends AnyFunction>(fn: F, around: Around): F {
  if (typeof fn !== 'function') return fn
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    return around(() => Reflect.apply(fn, this, args), this, args)
  }
  // An async function stays one for code that checks `fn.constructor.name`.
  Object.setPrototypeOf(wrapped, Object.getPrototypeOf(fn))
  for (const key of Reflect.ownKeys(fn)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(fn, key)
    if (key !== 'prototype' && descriptor !== undefined) Reflect.defineProperty(wrapped, key, descriptor)
  }
  copyMetadata(fn, wrapped)
  // The wrapper has the type of `fn`, which TypeScript cannot infer through Reflect.apply.
  return wrapped as unknown as F
}

/** A decorator that wraps methods. Other targets stay unchanged. */
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
  // One implementation of two signatures without common parameter types: in legacy mode `value` is the class.
  return decorate as unknown as MethodDecorator
}

/** Frameworks that keep metadata by function (Nest, through reflect-metadata) find it on the wrapper as well. */
function copyMetadata(from: object, to: object): void {
  const keys: unknown = Reflect.get(Reflect, 'getOwnMetadataKeys')
  const get: unknown = Reflect.get(Reflect, 'getOwnMetadata')
  const define: unknown = Reflect.get(Reflect, 'defineMetadata')
  if (typeof keys !== 'function' || typeof get !== 'function' || typeof define !== 'function') return
  for (const key of keys.call(Reflect, from)) define.call(Reflect, key, get.call(Reflect, key, from), to)
}
