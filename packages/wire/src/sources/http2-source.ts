import type { ClientHttp2Stream } from 'node:http2'
import { matchRequest } from '@quipu/protocols'
import type { StartedRequest } from '../exchange/attempt.js'
import type { ExchangeObserver } from '../exchange/exchanges.js'
import { at, isCallable, textAt } from '../shape.js'
import { observeReadable } from './observe-readable.js'
import { observeWrites, type Source, subscribe, watchMethod } from './source.js'

/**
 * Clients that use `node:http2` (the AWS SDK for Bedrock, got with `http2: true`), through the diagnostics channels of
 * Node 22.17, 24.2 and later. The streams of model calls get their own methods that observe the chunks of their bodies.
 */
export const http2Source: Source = {
  name: 'http2',
  subscribe(open, guard) {
    const exchanges = new WeakMap<object, ExchangeObserver>()
    const on = (name: string, handle: (stream: ClientHttp2Stream, message: unknown) => void) =>
      subscribe(`http2.client.stream.${name}`, (message) => {
        const stream = at(message, 'stream')
        if (isClientStream(stream)) guard(() => handle(stream, message))
      })
    const stops = [
      on('created', (stream, message) => {
        const request = startedRequest(stream, at(message, 'headers'))
        const exchange = request && !isOfUndici(stream) ? open(request) : undefined
        if (exchange === undefined) return
        exchanges.set(stream, exchange)
        observeWrites(stream, exchange, guard)
        watchMethod(stream, 'close', () => guard(() => noteClose(stream)))
      }),
      on('finish', (stream, message) => {
        const exchange = exchanges.get(stream)
        const headers = at(message, 'headers')
        exchange?.responseStart(Number(at(headers, ':status')), (name) => headerOf(headers, name))
        if (exchange === undefined) return
        observeReadable(stream, exchange, { guard, isCut: () => isCut(stream), causeOfClose: () => causeOf(stream) })
      }),
      on('error', (stream, message) => exchanges.get(stream)?.fail(at(message, 'error'))),
      on('close', (stream) => exchanges.get(stream)?.fail(causeOf(stream))),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  },
}

function startedRequest(stream: ClientHttp2Stream, sent: unknown): StartedRequest | undefined {
  const path = textAt(sent, ':path')
  const matched = path === undefined ? undefined : matchRequest(textAt(sent, ':method'), path)
  if (path === undefined || matched === undefined) return undefined
  // Some versions publish the headers before they contain the server's name.
  const headers = textAt(sent, ':authority') === undefined ? (at(stream, 'sentHeaders') ?? sent) : sent
  const origin = `${textAt(headers, ':scheme') ?? 'https'}://${textAt(headers, ':authority') ?? 'unknown'}`
  return { matched, origin, path, header: (name) => headerOf(headers, name), source: http2Source.name }
}

/** Whether undici sends the request, whose own source observes it. undici stores its client on the session (5 to 8). */
function isOfUndici({ session }: ClientHttp2Stream): boolean {
  return Object.getOwnPropertySymbols(Object(session)).some(({ description }) => description === 'client')
}

/** Names of request headers may contain capitals. */
function headerOf(headers: unknown, name: string): string | undefined {
  const entry = Object.entries(Object(headers)).find(([key]) => key.toLowerCase() === name)
  return entry === undefined ? undefined : String(entry[1])
}

/** Streams that their client closed. */
const closed = new WeakSet<object>()

/** Node calls the same method after the end of a connection. */
function noteClose(stream: ClientHttp2Stream): void {
  if (!stream.closed && stream.session?.socket.destroyed !== true) closed.add(stream)
}

/** Node ends the body of a stream that either side closed before its end. */
const isCut = (stream: ClientHttp2Stream): boolean => Boolean(stream.rstCode) || stream.destroyed

/**
 * Streams that end with their connection have no error, like those that their client closed. One that its client destroyed has
 * no code either. `destroy` is not watched: it creates errors, whose stacks would be longer.
 */
function causeOf(stream: ClientHttp2Stream): unknown {
  const isStopped = closed.has(stream) || !stream.rstCode
  return stream.errored ?? (isStopped ? { name: 'AbortError' } : { code: 'ECONNRESET' })
}

function isClientStream(value: unknown): value is ClientHttp2Stream {
  return isCallable(at(value, 'push')) && isCallable(at(value, 'write'))
}
