import { defaultRecorder, type Recorder, shared } from '@quipu/core'
import { reportInstrumentation } from '../instrumentation-info.js'
import { Exchange, type StartedRequest } from './exchange.js'
import { type ExchangeObserver, Exchanges } from './exchanges.js'
import { HeldCalls } from './held-calls.js'
import { nodeHttpSource } from './node-http-source.js'
import { addObserver, recordersHere } from './observers.js'
import { PacedExchange } from './paced-exchange.js'
import { ReadingPace } from './reading-pace.js'
import type { Source } from './source.js'
import { undiciSource } from './undici-source.js'

/** Options of `observeModelCalls`. */
export interface ObserveOptions {
  /** What to record with. Default: the process's default recorder. */
  readonly recorder?: Recorder | undefined
}

const sources: readonly Source[] = [undiciSource, nodeHttpSource]

/** How many observers there are, and how to stop the sources when there are none. */
interface Wire {
  count: number
  stop: (() => void) | undefined
}

const wire = (): Wire => shared('llm.wire', () => ({ count: 0, stop: undefined }))
const pace = new ReadingPace(guarded)
const heldCalls = new WeakMap<Recorder, HeldCalls>()

function heldBy(recorder: Recorder): HeldCalls {
  const known = heldCalls.get(recorder)
  if (known !== undefined) return known
  const held = new HeldCalls()
  heldCalls.set(recorder, held)
  recorder.onSettle(() => {
    pace.drain()
    held.settleAll()
  })
  return held
}

/**
 * Observes every model call of the process, whatever client makes it, by what goes over the wire. No client is touched:
 * requests, answers, errors and their timing stay as they are. `register` and `start()` do this by themselves.
 *
 * Recognised are the protocols of OpenAI (and the many servers that copy them), Anthropic, Gemini, Ollama and Cohere, over
 * the global `fetch` and any `undici`. Only declared fields of a request or answer are read; no content is kept.
 *
 * @returns a function that stops it. Never throws.
 * @example
 * const stop = observeModelCalls({ recorder })
 */
export function observeModelCalls({ recorder = defaultRecorder() }: ObserveOptions = {}): () => void {
  const remove = addObserver(recorder)
  for (const { name } of sources) reportInstrumentation(recorder, 'source', name, 'active')
  const release = useSources()
  return () => {
    remove()
    release()
  }
}

/** Subscribes to the sources while something observes; returns a function that ends this use. */
export function useSources(): () => void {
  const state = wire()
  state.count++
  state.stop ??= subscribeAll()
  let isUsed = true
  return () => {
    if (!isUsed) return
    isUsed = false
    if (--state.count > 0) return
    state.stop?.()
    state.stop = undefined
  }
}

function subscribeAll(): () => void {
  const stops = sources.map((source) => source.subscribe(open, guarded))
  return () => {
    for (const stop of stops) stop()
  }
}

/** Opens an exchange for each recorder that observes the call; undefined when none does. */
export function open(request: StartedRequest): ExchangeObserver | undefined {
  const { recorders, endpoint, maxRetries } = recordersHere()
  const exchanges = Array.from(recorders, (recorder) => {
    const exchange = new Exchange(request, { recorder, held: heldBy(recorder), endpoint, maxRetries })
    return new PacedExchange(exchange, pace, recorder.clock)
  })
  return exchanges.length > 1 ? new Exchanges(exchanges) : exchanges[0]
}

/** Runs code that observes; an error of it must not reach the client. */
export function guarded(fn: () => void): void {
  try {
    fn()
  } catch {
    defaultRecorder().guard('llm_wire', () => {
      throw new Error('an observer of model calls failed')
    })
  }
}
