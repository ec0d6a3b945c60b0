import type { Readable } from 'node:stream'
import type { ExchangeObserver } from '../exchange/exchanges.js'
import type { Guard } from '../exchange/guarded.js'
import { chunkOf, watchMethod } from './source.js'

interface Ending {
  readonly guard: Guard
  /** Whether a stream that ends was closed before its end. */
  readonly isCut?: () => boolean
  readonly causeOfClose: () => unknown
}

/**
 * Observes the body of a response that is a Node stream: its chunks, its end, and a close before the end, if the client
 * stopped reading or the connection failed.
 */
export function observeReadable(
  body: Readable,
  exchange: ExchangeObserver,
  { guard, isCut, causeOfClose }: Ending,
): void {
  watchMethod(body, 'push', (chunk, encoding) =>
    guard(() => {
      if (chunk === null && isCut?.() !== true) exchange.responseEnd()
      const bytes = chunkOf(chunk, encoding)
      if (bytes !== undefined) exchange.responseBytes(bytes)
    }),
  )
  body.once('close', () => guard(() => exchange.fail(causeOfClose())))
}
