import { describeError } from '@quipu/core'
import { type MatchedPath, matchRequest } from '@quipu/protocols'
import type { StartedRequest } from '../exchange/attempt.js'
import type { Chunk, ExchangeObserver } from '../exchange/exchanges.js'
import type { Guard } from '../exchange/guarded.js'
import { takeCurrentBody } from '../observers/observers.js'
import { at, type Callable, isCallable, isShape, type Shape, textAt } from '../shape.js'
import { chunkOf, requestOf, type Source, subscribe, watching } from './source.js'

/** Where a request has its exchange. A WeakMap takes 0.5 µs a request, and more at each collection of garbage. */
const OBSERVED: unique symbol = Symbol('quipu.observed')

/** What is observed of a request. */
interface Observed {
  readonly exchange: ExchangeObserver
  readonly guard: Guard
  /** The body until a part of it is sent: without a connection it is not, and the failed call still needs its model. */
  unsent: Chunk | undefined
}

type Handle = (observed: Observed, message: object) => void

/**
 * The global `fetch`, and every `undici` of the application, through undici's diagnostics channels. Requests of model
 * calls get their own methods that observe the chunks of their bodies, because only undici 7 has channels for chunks.
 */
export const undiciSource: Source = {
  name: 'undici',
  subscribe(open, guard) {
    const begin = (request: Shape, started: Pick<StartedRequest, 'matched' | 'path'>): void => {
      const header = headerReader(request.headers)
      const exchange = open({
        ...started,
        source: undiciSource.name,
        origin: String(request.origin),
        // undici keeps it beside the headers.
        header: (name) => (name === 'content-length' ? String(request.contentLength) : header(name)),
      })
      if (exchange === undefined) return
      const observed: Observed = { exchange, guard, unsent: takeCurrentBody() ?? chunkOf(request.body) }
      Reflect.set(request, OBSERVED, observed)
      watchAssigned(request, 'onBodySent', watchedSending)
      for (const name of RECEIVED) watchAssigned(request, name, watchedReceiving)
    }
    // A function that creates a closure allocates for it when it is called, so these are created elsewhere.
    const pass = (handle: Handle, observed: Observed, message: unknown): void =>
      guard(() => handle(observed, Object(message)))
    const beginGuarded = (request: Shape, matched: MatchedPath, path: string): void =>
      guard(() => begin(request, { matched, path }))
    const on = (name: string, handle: Handle) =>
      subscribe(`undici:request:${name}`, (message) => {
        const observed = observedOf(requestOf(message))
        if (observed !== undefined) pass(handle, observed, message)
      })
    const stops = [
      subscribe('undici:request:create', (message) => {
        const request = requestOf(message)
        if (!isShape(request) || typeof request.path !== 'string') return
        const { path } = request
        const matched = matchRequest(request.method, path)
        if (matched !== undefined) beginGuarded(request, matched, path)
      }),
      on('bodySent', ({ exchange }) => exchange.requestEnd()),
      on('headers', ({ exchange }, message) => {
        const response = at(message, 'response')
        exchange.responseStart(Number(at(response, 'statusCode')), headerReader(at(response, 'headers')))
      }),
      on('trailers', ({ exchange }, message) => {
        release(message)
        exchange.responseEnd()
      }),
      on('error', ({ exchange, unsent }, message) => {
        const error = at(message, 'error')
        release(message)
        if (unsent !== undefined) exchange.requestBytes(unsent)
        if (error === COLLECTED) exchange.unread()
        else exchange.fail(isStop(error) ? { name: 'AbortError' } : error)
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  },
}

/** The error of a response that its reader dropped: `fetch` stops it when it is collected. */
const COLLECTED = 'Response object has been garbage collected'

/** Returns whether a client stopped the request: its reason can be any value. Errors of connections have a code. */
function isStop(error: unknown): boolean {
  return textAt(error, 'code') === undefined && describeError(error).type === 'unknown'
}

function observedOf(request: unknown): Observed | undefined {
  // Only this module sets it.
  return (request as { readonly [OBSERVED]?: Observed } | null | undefined)?.[OBSERVED]
}

/** Ends the observation of a request: `fetch` keeps requests until a full collection of garbage, with what they hold. */
function release(message: object): void {
  Reflect.set(Object(requestOf(message)), OBSERVED, undefined)
}

/** `onData` up to undici 7, `onResponseData` since 8. */
const RECEIVED = ['onData', 'onResponseData'] as const

type Watched = (original: Callable) => Callable

/** Assigns instead of defining, which takes ten times as long: no other code lists the properties of these objects. */
function watchAssigned(request: Shape, name: string, watched: Watched): void {
  const original = request[name]
  if (isCallable(original)) Reflect.set(request, name, watched(original))
}

const watchedSending = watchedBy((observed, chunk) => {
  observed.unsent = undefined
  observed.exchange.requestBytes(chunk)
})

const watchedReceiving = watchedBy(({ exchange }, chunk) => exchange.responseBytes(chunk))

/**
 * Returns the observing variant of a method for chunks. It is one function for all requests of an `undici`: with a
 * function each, V8 could not inline the calls of this method.
 */
function watchedBy(read: (observed: Observed, chunk: Chunk) => void): Watched {
  const known = new WeakMap<Callable, Callable>()
  function readChunk(this: unknown, value: unknown): void {
    const observed = observedOf(this)
    const chunk = observed && chunkOf(value)
    if (chunk !== undefined) observed?.guard(() => read(observed, chunk))
  }
  return (original) => {
    const watched = known.get(original) ?? watching(original, readChunk)
    known.set(original, watched)
    return watched
  }
}

/**
 * Headers of undici: names and values in turn, as text or bytes; one string in version 5; an object with lower-case names
 * over HTTP/2 in version 8.
 */
function headerReader(headers: unknown): (name: string) => string | undefined {
  if (typeof headers === 'string') return (name) => new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(headers)?.[1]
  if (!Array.isArray(headers)) {
    return (name) => (isShape(headers) && headers[name] !== undefined ? String(headers[name]) : undefined)
  }
  let lengths: readonly number[] | undefined
  return (name) => {
    lengths ??= lengthsOfNames(headers)
    for (let i = lengths.indexOf(name.length); i !== -1; i = lengths.indexOf(name.length, i + 1)) {
      if (isNamed(headers[2 * i], name)) return String(headers[2 * i + 1])
    }
    return undefined
  }
}

/** A call looks for twenty names among about twelve headers: numbers compare faster than bytes. */
function lengthsOfNames(headers: readonly unknown[]): readonly number[] {
  const lengths: number[] = []
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name: unknown = headers[i]
    lengths.push(typeof name === 'string' || name instanceof Uint8Array ? name.length : -1)
  }
  return lengths
}

/** Compares a header's name without creating a string. */
function isNamed(header: unknown, name: string): boolean {
  if (typeof header === 'string') return header.length === name.length && header.toLowerCase() === name
  if (!(header instanceof Uint8Array) || header.length !== name.length) return false
  for (let i = 0; i < name.length; i++) {
    const byte = header[i] ?? 0
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== name.charCodeAt(i)) return false
  }
  return true
}
