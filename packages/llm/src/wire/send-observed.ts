import { isCallable, isShape } from '../shape.js'
import type { ExchangeObserver } from './exchanges.js'
import { type FetchArguments, readFetchRequest, reportBody } from './fetch-request.js'
import { observeResponse } from './observe-response.js'
import { guarded, prepareExchange } from './open-exchange.js'
import { isObservedAbove, runSighted, type Sighting, sightHere } from './sightings.js'

/**
 * Sends a request through a given `fetch`, and observes it if it is a model call.
 *
 * @param isSeenBelow whether a source of all clients may observe it too, which then has precedence
 * @returns the result of `send`; for a call that is observed here, a promise of an equal response
 */
export function sendObserved<R>(send: () => R, args: FetchArguments, isSeenBelow: boolean): R {
  let prepared: ExchangeObserver | undefined
  guarded(() => {
    const request = isObservedAbove() ? undefined : readFetchRequest(args)
    prepared = request && prepareExchange(request)
  })
  if (prepared === undefined) return send()
  const exchange = prepared
  const begin = (): void =>
    guarded(() => {
      sightHere()
      reportBody(exchange, args)
    })
  if (!isSeenBelow) begin()
  const { result, sighting } = runSighted({ isObserved: !isSeenBelow }, send)
  if (!isPromise(result)) return result
  return follow(result, { exchange, sighting, begin: isSeenBelow ? begin : undefined }) as R
}

interface Sent {
  readonly exchange: ExchangeObserver
  readonly sighting: Sighting
  /** Starts the observation of a request that was not observed below. */
  readonly begin: (() => void) | undefined
}

function follow(result: PromiseLike<unknown>, { exchange, sighting, begin }: Sent): PromiseLike<unknown> {
  return result.then(
    (response) => {
      if (sighting.isSeen) return response
      begin?.()
      let observed = response
      guarded(() => {
        observed = observeResponse(response, exchange, guarded)
      })
      return observed
    },
    (error: unknown) => {
      if (!sighting.isSeen) {
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
