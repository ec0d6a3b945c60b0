import diagnostics from 'node:diagnostics_channel'
import type { StartedRequest } from '../exchange/attempt.js'
import type { Chunk, ExchangeObserver } from '../exchange/exchanges.js'
import type { Guard } from '../exchange/guarded.js'
import { type Callable, isCallable } from '../shape.js'

/** Opens an exchange for the request of a model call; undefined if no recorder observes it. */
export type Open = (request: StartedRequest) => ExchangeObserver | undefined

/** A source of requests of model calls. */
export interface Source {
  readonly name: string
  /** Starts observing; returns a function that stops it. */
  subscribe(open: Open, guard: Guard): () => void
}

/** Subscribes to a diagnostics channel; returns a function that ends the subscription. */
export function subscribe(name: string, handle: (message: unknown) => void): () => void {
  diagnostics.subscribe(name, handle)
  return () => void diagnostics.unsubscribe(name, handle)
}

/** Returns the request of a channel's message. Read directly, which takes a tenth of the time of `Reflect.get`. */
export function requestOf(message: unknown): unknown {
  return (message as { readonly request?: unknown } | null | undefined)?.request
}

/** Returns a method that passes its arguments to `onCall` and then calls the original method, both of the same object. */
export function watching(original: Callable, onCall: Callable): Callable {
  return function (this: unknown, ...args: unknown[]) {
    Reflect.apply(onCall, this, args)
    return Reflect.apply(original, this, args)
  }
}

/** Gives one object its own method that reads the arguments and then calls the method of the class. */
export function watchMethod(object: object, name: string, onCall: Callable): void {
  const original: unknown = Reflect.get(object, name)
  if (!isCallable(original)) return
  const value = watching(original, onCall)
  Object.defineProperty(object, name, { configurable: true, writable: true, enumerable: false, value })
}

/** Returns a chunk of a body; undefined if the argument is not a chunk. */
export function chunkOf(chunk: unknown, encoding?: unknown): Chunk | undefined {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk !== 'string') return undefined
  const isOther = typeof encoding === 'string' && Buffer.isEncoding(encoding) && !/^utf-?8$/i.test(encoding)
  return isOther ? Buffer.from(chunk, encoding) : chunk
}

/** Observes the body that is written to a request. */
export function observeWrites(request: object, exchange: ExchangeObserver, guard: Guard): void {
  const sent = (value: unknown, encoding: unknown): void => {
    const chunk = chunkOf(value, encoding)
    if (chunk !== undefined) exchange.requestBytes(chunk)
  }
  watchMethod(request, 'write', (chunk, encoding) => guard(() => sent(chunk, encoding)))
  watchMethod(request, 'end', (chunk, encoding) =>
    guard(() => {
      sent(chunk, encoding)
      exchange.requestEnd()
    }),
  )
}
