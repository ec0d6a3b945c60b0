import type { Recorder } from '@quipu/core'
import { isObservedOutside, reportObserved } from '../observers/observation-scope.js'
import { currentCallContext } from '../observers/observers.js'
import type { ExchangeContext, StartedRequest } from './attempt.js'
import { BackgroundResponses } from './background-responses.js'
import { Exchange } from './exchange.js'
import { type ExchangeObserver, Exchanges } from './exchanges.js'
import { guarded } from './guarded.js'
import { HeldCalls } from './held-calls.js'
import { KnownReports } from './known-reports.js'
import { PacedExchange } from './paced-exchange.js'
import { ReadingPace } from './reading-pace.js'
import { ReportedCalls } from './reported-calls.js'
import { withoutProxy } from './request-target.js'
import { Retrieval } from './retrieval.js'

const pace = new ReadingPace(guarded)
const contexts = new WeakMap<Recorder, ExchangeContext>()

/** The context of the calls of unmarked clients. */
function contextOf(recorder: Recorder): ExchangeContext {
  const known = contexts.get(recorder)
  if (known !== undefined) return known
  const held = new HeldCalls(recorder)
  const stores = { held, background: new BackgroundResponses(), reports: new KnownReports() }
  const context = { recorder, ...stores, endpoint: undefined, maxRetries: undefined }
  contexts.set(recorder, context)
  recorder.onRecordPending(() => {
    pace.drain()
    held.failAll()
  })
  return context
}

/** Opens an exchange per recorder that observes the call; undefined without one, or if the call is observed already. */
export function openExchange(request: StartedRequest): ExchangeObserver | undefined {
  if (isObservedOutside()) return undefined
  reportObserved()
  return prepareExchange(request)
}

/**
 * Like `openExchange`, for a request that may also be observed inside. It counts when the end of its request is
 * reported.
 */
export function prepareExchange(started: StartedRequest): ExchangeObserver | undefined {
  const { requiredHeader } = started.matched.protocol
  if (requiredHeader !== undefined && started.header(requiredHeader) === undefined) return undefined
  const { recorders, mark } = currentCallContext()
  if (mark?.watch !== undefined) mark.watch.isSeen = true
  const request = withoutProxy(started)
  const exchanges: ExchangeObserver[] = []
  for (const recorder of recorders) {
    const unmarked = contextOf(recorder)
    const { endpoint, maxRetries, operation } = mark ?? unmarked
    const context = mark === undefined ? unmarked : { ...unmarked, endpoint, maxRetries, operation }
    exchanges.push(new PacedExchange(exchangeOf(request, context), pace, recorder.clock))
  }
  return exchanges.length > 1 ? new Exchanges(exchanges) : exchanges[0]
}

function exchangeOf(request: StartedRequest, context: ExchangeContext): Exchange | Retrieval | ReportedCalls {
  if (request.matched.protocol.reports !== undefined) return new ReportedCalls(request, context)
  return request.matched.isRetrieval ? new Retrieval(request, context) : new Exchange(request, context)
}
