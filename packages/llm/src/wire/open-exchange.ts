import { defaultRecorder, type Recorder } from '@quipu/core'
import type { StartedRequest } from './attempt.js'
import { BackgroundResponses } from './background-responses.js'
import { Exchange } from './exchange.js'
import { type ExchangeObserver, Exchanges } from './exchanges.js'
import { HeldCalls } from './held-calls.js'
import { isObservedOutside, reportObserved } from './observation-scope.js'
import { currentCallContext } from './observers.js'
import { PacedExchange } from './paced-exchange.js'
import { ReadingPace } from './reading-pace.js'
import { Retrieval } from './retrieval.js'

const pace = new ReadingPace(guarded)
const heldCalls = new WeakMap<Recorder, HeldCalls>()
const backgrounds = new WeakMap<Recorder, BackgroundResponses>()

function heldBy(recorder: Recorder): HeldCalls {
  const known = heldCalls.get(recorder)
  if (known !== undefined) return known
  const held = new HeldCalls()
  heldCalls.set(recorder, held)
  recorder.onRecordPending(() => {
    pace.drain()
    held.failAll()
  })
  return held
}

function backgroundOf(recorder: Recorder): BackgroundResponses {
  const known = backgrounds.get(recorder)
  if (known !== undefined) return known
  const background = new BackgroundResponses()
  backgrounds.set(recorder, background)
  return background
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
export function prepareExchange(request: StartedRequest): ExchangeObserver | undefined {
  const { recorders, ...context } = currentCallContext()
  const exchanges = Array.from(recorders, (recorder) => {
    const parts = {
      recorder,
      held: heldBy(recorder),
      background: backgroundOf(recorder),
      maxRetries: undefined,
      ...context,
    }
    const exchange = request.matched.isRetrieval ? new Retrieval(request, parts) : new Exchange(request, parts)
    return new PacedExchange(exchange, pace, recorder.clock)
  })
  return exchanges.length > 1 ? new Exchanges(exchanges) : exchanges[0]
}

/** Runs observing code, whose errors must not reach the client. */
export function guarded(fn: () => void): void {
  try {
    fn()
  } catch {
    defaultRecorder().guard('llm_wire', () => {
      throw new Error('an observer of model calls failed')
    })
  }
}
