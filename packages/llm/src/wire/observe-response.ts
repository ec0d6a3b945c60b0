import { Readable } from 'node:stream'
import { at, isCallable } from '../shape.js'
import type { ExchangeObserver } from './exchanges.js'
import { observeReadable } from './observe-readable.js'
import type { Guard } from './source.js'
import { chunkOf } from './source.js'

const unread = new FinalizationRegistry<() => void>((report) => report())

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
  const rebuilt = new Response(observedBody(body, exchange, guard), { status, statusText, headers })
  for (const [name, value] of Object.entries({ url, type, redirected })) {
    Object.defineProperty(rebuilt, name, { value, configurable: true, enumerable: false })
  }
  return rebuilt
}

/** A stream of the same chunks, which reads one for each one requested. */
function observedBody(
  body: ReadableStream<Uint8Array>,
  exchange: ExchangeObserver,
  guard: Guard,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const observed = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch((error: unknown) => {
          guard(() => exchange.fail(error))
          throw error
        })
        if (done) {
          guard(() => exchange.responseEnd())
          controller.close()
          return
        }
        guard(() => {
          const chunk = chunkOf(value)
          if (chunk !== undefined) exchange.responseBytes(chunk)
        })
        controller.enqueue(value)
      },
      cancel(reason) {
        guard(() => exchange.fail({ name: 'AbortError' }))
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  unread.register(observed, () => guard(() => exchange.unread()))
  return observed
}
