import { Readable } from 'node:stream'
import type { ExchangeObserver } from '../exchange/exchanges.js'
import type { Guard } from '../exchange/guarded.js'
import { at, isCallable } from '../shape.js'
import { observeReadable } from './observe-readable.js'
import { observedStream, type StreamObserver } from './observed-stream.js'
import { chunkOf } from './source.js'

/**
 * Observes the response of any `fetch`.
 *
 * @returns an equal response whose body is observed while it is read. The response itself is returned without a body,
 * with a body that is observed in place, and for its own class, of which only status and headers are read
 */
export function observeResponse(response: unknown, exchange: ExchangeObserver, guard: Guard): unknown {
  const body = at(response, 'body')
  const start = (isRead: boolean): void =>
    exchange.responseStart(Number(at(response, 'status')), (name) =>
      // The body is already decoded, even if its headers name a coding; a body that is not read needs no type.
      name === 'content-encoding' || (!isRead && name === 'content-type') ? undefined : headerOf(response, name),
    )
  if (body instanceof Readable) {
    start(true)
    observeReadable(body, exchange, { guard, causeOfClose: () => body.errored ?? { name: 'AbortError' } })
    return response
  }
  const rebuilt = isPlainResponse(response) ? withBody(response, exchange, guard) : undefined
  start(rebuilt !== undefined)
  if (rebuilt === undefined) exchange.responseEnd()
  return rebuilt ?? response
}

function headerOf(response: unknown, name: string): string | undefined {
  const headers = at(response, 'headers')
  const get = at(headers, 'get')
  const value = isCallable(get) ? Reflect.apply(get, headers, [name]) : undefined
  return typeof value === 'string' ? value : undefined
}

function isPlainResponse(response: unknown): response is Response {
  return typeof Response === 'function' && Object.getPrototypeOf(response) === Response.prototype
}

/** A response that differs only in its body, whose chunks are reported when they are read. */
function withBody(response: Response, exchange: ExchangeObserver, guard: Guard): Response | undefined {
  const { body, status, statusText, headers, url, type, redirected } = response
  // A response with these properties cannot be created with a body.
  if (body === null || body.locked || status < 200 || status > 599) return undefined
  const rebuilt = new Response(observedStream(body, bodyObserver(exchange, guard)), { status, statusText, headers })
  for (const [name, value] of Object.entries({ url, type, redirected })) {
    Object.defineProperty(rebuilt, name, { value, configurable: true, enumerable: false })
  }
  return rebuilt
}

function bodyObserver(exchange: ExchangeObserver, guard: Guard): StreamObserver {
  return {
    part: (value) =>
      guard(() => {
        const chunk = chunkOf(value)
        if (chunk !== undefined) exchange.responseBytes(chunk)
      }),
    end: () => guard(() => exchange.responseEnd()),
    fail: (error) => guard(() => exchange.fail(error)),
    left: () => guard(() => exchange.fail({ name: 'AbortError' })),
    collected: () => guard(() => exchange.unread()),
  }
}
