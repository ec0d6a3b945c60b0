import type { ExchangeObserver } from '../exchange/exchanges.js'
import { guarded } from '../exchange/guarded.js'
import { prepareExchange } from '../exchange/open-exchange.js'
import { isObservedOutside, type ObservationScope, reportObserved, runInScope } from '../observers/observation-scope.js'
import { isCallable, isShape } from '../shape.js'
import { type FetchArguments, readFetchRequest, reportBody } from './fetch-request.js'
import { observeResponse } from './observe-response.js'

/**
 * Sends a request through a given `fetch`, and observes it if it is a model call.
 *
 * @param mayBeObservedInside whether a source of all clients may observe it too, which then has precedence
 * @returns the result of `send`; for a call that is observed here, a promise of an equal response
 */
export function sendObserved<R>(send: () => R, args: FetchArguments, mayBeObservedInside: boolean): R {
  let prepared: ExchangeObserver | undefined
  guarded(() => {
    const request = isObservedOutside() ? undefined : readFetchRequest(args)
    prepared = request && prepareExchange(request)
  })
  if (prepared === undefined) return send()
  const exchange = prepared
  const begin = (): void =>
    guarded(() => {
      reportObserved()
      reportBody(exchange, args)
    })
  if (!mayBeObservedInside) begin()
  const { result, scope } = runInScope(!mayBeObservedInside, send)
  if (!isPromise(result)) return result
  return follow(result, { exchange, scope, begin: mayBeObservedInside ? begin : undefined }) as R
}

interface Sent {
  readonly exchange: ExchangeObserver
  readonly scope: ObservationScope
  /** Starts the observation of a request that was not observed inside. */
  readonly begin: (() => void) | undefined
}

function follow(result: PromiseLike<unknown>, { exchange, scope, begin }: Sent): PromiseLike<unknown> {
  return result.then(
    (response) => {
      if (scope.isObservedInside) return response
      begin?.()
      let observed = response
      guarded(() => {
        observed = observeResponse(response, exchange, guarded)
      })
      return observed
    },
    (error: unknown) => {
      if (!scope.isObservedInside) {
        begin?.()
        guarded(() => exchange.fail(error))
      }
      throw error
    },
  )
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return isShape(value) && isCallable(value.then)
}
