import { matchRequest } from '@quipu/protocols'
import { at, isShape } from '../shape.js'
import type { Chunk, ExchangeObserver } from './exchanges.js'
import { takeCurrentBody } from './observers.js'
import { chunkOf, type Guard, type Source, subscribe, watchMethod } from './source.js'

/**
 * The global `fetch`, and every `undici` of the application, through undici's diagnostics channels. Requests of model
 * calls get their own methods that observe the chunks of their bodies, because only undici 7 has channels for chunks.
 */
export const undiciSource: Source = {
  name: 'undici',
  subscribe(open, guard) {
    const exchanges = new WeakMap<object, ExchangeObserver>()
    // Unsent bodies: without a connection a body is not sent, and the failed call still needs its model.
    const unsent = new WeakMap<object, Chunk>()
    const unread = new FinalizationRegistry<ExchangeObserver>((exchange) => guard(() => exchange.unread()))
    const on = (name: string, handle: (message: unknown) => void) => subscribe(`undici:request:${name}`, handle)
    const withExchange = (message: unknown, use: (exchange: ExchangeObserver, message: object) => void): void => {
      const request = at(message, 'request')
      const exchange = isShape(request) ? exchanges.get(request) : undefined
      if (exchange !== undefined) guard(() => use(exchange, Object(message)))
    }
    const stops = [
      on('create', (message) => {
        const request = at(message, 'request')
        if (!isShape(request) || typeof request.path !== 'string') return
        const { path } = request
        const matched = matchRequest(request.method, path)
        if (matched === undefined) return
        guard(() => {
          const header = headerReader(request.headers)
          const exchange = open({ matched, origin: String(request.origin), path, header })
          if (exchange === undefined) return
          const body = takeCurrentBody() ?? chunkOf(request.body)
          if (body !== undefined) unsent.set(request, body)
          exchanges.set(request, exchange)
          unread.register(request, exchange, exchange)
          watchMethod(request, 'onBodySent', () => unsent.delete(request))
          seeBodies(request, exchange, guard)
        })
      }),
      on('bodySent', (message) => withExchange(message, (exchange) => exchange.requestEnd())),
      on('headers', (message) =>
        withExchange(message, (exchange, said) => {
          const response = at(said, 'response')
          exchange.responseStart(Number(at(response, 'statusCode')), headerReader(at(response, 'headers')))
        }),
      ),
      on('trailers', (message) => withExchange(message, (exchange) => exchange.responseEnd())),
      on('error', (message) =>
        withExchange(message, (exchange, said) => {
          const body = unsent.get(Object(at(said, 'request')))
          if (body !== undefined) exchange.requestBytes(body)
          exchange.fail(at(said, 'error'))
        }),
      ),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  },
}

/** `onData` up to undici 7, `onResponseData` since 8. */
const RECEIVED = ['onData', 'onResponseData'] as const

function seeBodies(request: object, exchange: ExchangeObserver, guard: Guard): void {
  const seen = (report: (chunk: Chunk) => void) => (value: unknown) =>
    guard(() => {
      const chunk = chunkOf(value)
      if (chunk !== undefined) report(chunk)
    })
  const sent = seen((chunk) => exchange.requestBytes(chunk))
  const received = seen((chunk) => exchange.responseBytes(chunk))
  watchMethod(request, 'onBodySent', sent)
  for (const name of RECEIVED) watchMethod(request, name, received)
}

/** Headers of undici: names and values in turn, as text or bytes, or one string in version 5. */
function headerReader(headers: unknown): (name: string) => string | undefined {
  return (name) => {
    if (typeof headers === 'string') return new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(headers)?.[1]
    if (!Array.isArray(headers)) return undefined
    for (let i = 0; i + 1 < headers.length; i += 2) {
      if (isNamed(headers[i], name)) return String(headers[i + 1])
    }
    return undefined
  }
}

/** Compares a header's name without creating a string: a call looks for twenty names among about twelve headers. */
function isNamed(header: unknown, name: string): boolean {
  if (typeof header === 'string') return header.length === name.length && header.toLowerCase() === name
  if (!(header instanceof Uint8Array) || header.length !== name.length) return false
  for (let i = 0; i < name.length; i++) {
    const byte = header[i] ?? 0
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== name.charCodeAt(i)) return false
  }
  return true
}
