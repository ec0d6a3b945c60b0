import { Readable } from 'node:stream'
import { at, isCallable } from '../shape.js'
import type { ExchangeObserver } from './exchanges.js'
import { observeReadable } from './readable-answer.js'
import type { Guard } from './source.js'
import { chunkOf } from './source.js'

const unread = new FinalizationRegistry<() => void>((report) => report())

/**
 * Observes the response of a `fetch` of any kind.
 *
 * @returns an equal response whose body is observed as it is read; the response itself where it has no body, a body that is
 * observed in place, or a class of its own, of which only status and headers are read
 */
export function observeResponse(response: unknown, exchange: ExchangeObserver, guard: Guard): unknown {
  const body = at(response, 'body')
  const start = (isRead: boolean): void =>
    exchange.answerStart(Number(at(response, 'status')), (name) =>
      // A body that is read here is decoded, whatever its headers say; one that is not read has no type to read it as.
      name === 'content-encoding' || (!isRead && name === 'content-type') ? undefined : headerOf(response, name),
    )
  if (body instanceof Readable) {
    start(true)
    observeReadable(body, exchange, { guard, causeOfClose: () => body.errored ?? { name: 'AbortError' } })
    return response
  }
  const rebuilt = isPlainResponse(response) ? withBody(response, exchange, guard) : undefined
  start(rebuilt !== undefined)
  if (rebuilt === undefined) exchange.answerEnd()
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

/** A response that only differs in its body, whose chunks are reported as they are read. */
function withBody(response: Response, exchange: ExchangeObserver, guard: Guard): Response | undefined {
  const { body, status, statusText, headers, url, type, redirected } = response
  // Of these a response cannot be made with a body.
  if (body === null || body.locked || status < 200 || status > 599) return undefined
  const rebuilt = new Response(observedBody(body, exchange, guard), { status, statusText, headers })
  for (const [name, value] of Object.entries({ url, type, redirected })) {
    Object.defineProperty(rebuilt, name, { value, configurable: true, enumerable: false })
  }
  return rebuilt
}

/** A stream of the same chunks, which asks for one when it is asked for one. */
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
          guard(() => exchange.answerEnd())
          controller.close()
          return
        }
        guard(() => {
          const chunk = chunkOf(value)
          if (chunk !== undefined) exchange.answerBytes(chunk)
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
