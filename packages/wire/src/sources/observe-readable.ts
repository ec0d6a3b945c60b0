import type { Readable } from 'node:stream'
import type { ExchangeObserver } from '../exchange/exchanges.js'
import type { Guard } from '../exchange/guarded.js'
import { chunkOf, watchMethod } from './source.js'

/**
 * Observes the body of a response that is a Node stream: its chunks, its end, and a close before the end, if the client
 * stopped reading or the connection failed.
 */
export function observeReadable(
  body: Readable,
  exchange: ExchangeObserver,
  { guard, causeOfClose }: { readonly guard: Guard; readonly causeOfClose: () => unknown },
): void {
  watchMethod(body, 'push', (chunk, encoding) =>
    guard(() => {
      if (chunk === null) exchange.responseEnd()
      const bytes = chunkOf(chunk, encoding)
      if (bytes !== undefined) exchange.responseBytes(bytes)
    }),
  )
  body.once('close', () => guard(() => exchange.fail(causeOfClose())))
}
