import { Readable } from 'node:stream'
import { matchPath } from '@quipu/protocols'
import type { ExchangeObserver } from '../exchange/exchanges.js'
import { guarded } from '../exchange/guarded.js'
import { openExchange } from '../exchange/open-exchange.js'
import { runInScope } from '../observers/observation-scope.js'
import { at, textAt } from '../shape.js'
import { observeReadable } from './observe-readable.js'
import { chunkOf } from './source.js'

/**
 * Sends a request of the AWS SDK and observes it with its response as one attempt of a model call.
 *
 * @returns the result of `next`
 */
export function observeSmithyRequest(next: (args: object) => Promise<unknown>, args: object): Promise<unknown> {
  let exchange: ExchangeObserver | undefined
  guarded(() => {
    exchange = begin(at(args, 'request'))
  })
  if (exchange === undefined) return next(args)
  const begun = exchange
  const { result } = runInScope(true, () => next(args))
  // Waits for the response first, so that its body is observed before anything reads it.
  result.then(
    (result) => guarded(() => observeResponseOf(begun, at(result, 'response'))),
    (error) => guarded(() => begun.fail(error)),
  )
  return result
}

function begin(request: unknown): ExchangeObserver | undefined {
  const path = textAt(request, 'path')
  const matched = path === undefined ? undefined : matchPath(path)
  if (path === undefined || matched === undefined) return undefined
  const port = at(request, 'port')
  const origin = `${textAt(request, 'protocol')}//${textAt(request, 'hostname')}${port === undefined ? '' : `:${port}`}`
  const exchange = openExchange({ matched, origin, path, header: headerOf(at(request, 'headers')) })
  const body = chunkOf(at(request, 'body'))
  if (body !== undefined) exchange?.requestBytes(body)
  exchange?.requestEnd()
  return exchange
}

function observeResponseOf(exchange: ExchangeObserver, response: unknown): void {
  exchange.responseStart(Number(at(response, 'statusCode')), headerOf(at(response, 'headers')))
  const body = at(response, 'body')
  if (!(body instanceof Readable)) {
    exchange.responseEnd()
    return
  }
  // A stream that its client closed early has no error.
  const causeOfClose = () => body.errored ?? { name: 'AbortError' }
  observeReadable(body, exchange, { guard: guarded, causeOfClose })
}

function headerOf(headers: unknown): (name: string) => string | undefined {
  return (name) => textAt(headers, name)
}
