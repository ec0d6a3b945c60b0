import { defaultRecorder, type LlmCall, type Recorder } from '@quipu/core'
import { withAttempts } from '../attempt-scope.js'
import { type Attempts, countAttempts } from '../attempts.js'
import { trackCall } from '../call-tracker.js'
import { sayInstrumentation } from '../instrumentation-info.js'
import { observeFetch } from '../observe-fetch.js'
import { recordRateLimits } from '../rate-limits.js'
import { replaceMethod } from '../replace-method.js'
import { at, type Callable, isCallable, isShape, type Shape, textAt } from '../shape.js'
import { followPromise } from '../stainless/follow-promise.js'
import { chat } from './chat.js'
import { completions } from './completions.js'
import { embeddings } from './embeddings.js'
import type { Endpoint } from './endpoint.js'
import { whereTo } from './provider.js'
import { responses } from './responses.js'

export interface InstrumentOptions {
  /** Default: the process's own. */
  readonly recorder?: Recorder | undefined
  /** Which of the application's calls these are (S8). Default: the attributed feature, else `generate`. */
  readonly endpoint?: string | undefined
  /**
   * Asks for usage in streams of chat completions and completions that do not say whether they want it. The application
   * then gets one more chunk, with `choices: []`. Default false: no request is changed, and a stream without usage is
   * counted on `llm_usage_missing_total`.
   */
  readonly injectStreamUsage?: boolean | undefined
}

/** As much of the client's type as is asked for: that of `openai` 4 to 7 fits, and those made of it. */
export interface OpenAIClient {
  readonly baseURL: string
}

const endpoints: readonly Endpoint[] = [chat, completions, responses, embeddings]

/** Major versions whose behaviour the tests compare with and without. */
const TESTED = /^[4-7]\./

/**
 * Observes the model calls of an OpenAI client: `chat.completions`, `completions`, `responses` and `embeddings`, with the
 * helpers that go through them. The client behaves as before: same promises, streams, errors and requests. No text is
 * kept; a second time changes nothing.
 *
 * @returns the same client
 * @example
 * const client = instrument(new OpenAI({ apiKey: 'none' }))
 */
export function instrument<C extends OpenAIClient>(client: C, options: InstrumentOptions = {}): C {
  const recorder = options.recorder ?? defaultRecorder()
  recorder.guard('openai', () => {
    const found = endpoints.map((endpoint) => instrumentEndpoint(recorder, client, endpoint, options))
    if (found.includes('replaced')) {
      observeFetch(recorder, client)
      followClones(client, options)
    }
    const version = versionOf(client)
    const isActive = found.some((result) => result !== 'missing')
    const isTested = version === undefined || TESTED.test(version)
    sayInstrumentation(
      recorder,
      'openai',
      version,
      isActive ? (isTested ? 'active' : 'outside_tested_range') : 'shape_unknown',
    )
  })
  return client
}

function instrumentEndpoint(recorder: Recorder, client: object, endpoint: Endpoint, options: InstrumentOptions) {
  const resource = endpoint.path.reduce<unknown>(at, client)
  if (!isShape(resource)) return 'missing'
  return replaceMethod(resource, 'create', (create): Callable => {
    return function (this: unknown, ...args) {
      const observed = recorder.guard('openai', () => observe(recorder, client, endpoint, args, options))
      if (observed === undefined) return Reflect.apply(create, this, args)
      return observed((sent) => Reflect.apply(create, this, sent))
    }
  })
}

/** Begins a call; the function returned makes the request and gives what the client gave. */
function observe(
  recorder: Recorder,
  client: object,
  endpoint: Endpoint,
  args: readonly unknown[],
  options: InstrumentOptions,
): (send: (args: readonly unknown[]) => unknown) => unknown {
  const [body, ...rest] = args
  const where = whereTo(client)
  const model = textAt(body, 'model') ?? 'unknown'
  const call = recorder.startLlmCall({
    ...where,
    model,
    endpoint: options.endpoint,
    operation: endpoint.operation,
    messageCount: endpoint.messageCount(body),
    stream: at(body, 'stream') === true,
    signal: signalOf(rest[0]),
  })
  const attempts = watchAttempts(recorder, call, where.provider ?? 'openai', model)
  const tracker = trackCall(call, attempts)
  const reader = endpoint.read(call, body)
  const sent = options.injectStreamUsage === true && endpoint.hasStreamUsage ? [withStreamUsage(body), ...rest] : args
  return (send) => {
    let promise: unknown
    try {
      promise = withAttempts(attempts, () => send(sent))
    } catch (error) {
      recorder.guard('openai', () => tracker.fail(error))
      throw error
    }
    const isFollowed = recorder.guard('openai', () => followPromise(promise, { recorder, tracker, attempts, reader }))
    // Not a promise that can be watched: the call is counted, and nothing more is known of it.
    if (isFollowed !== true) recorder.guard('openai', () => tracker.end())
    return promise
  }
}

function signalOf(requestOptions: unknown): AbortSignal | undefined {
  const signal = at(requestOptions, 'signal')
  return signal instanceof AbortSignal ? signal : undefined
}

/** In a function of its own: a closure beside the tracker would keep it alive, and an unread call would never end. */
function watchAttempts(recorder: Recorder, call: LlmCall, provider: string, model: string): Attempts {
  return countAttempts(call, (response) => recordRateLimits(recorder, provider, model, response))
}

function withStreamUsage(body: unknown): unknown {
  if (!isShape(body) || body.stream !== true) return body
  const asked: unknown = body.stream_options
  if (at(asked, 'include_usage') !== undefined) return body
  return { ...body, stream_options: { ...(isShape(asked) ? asked : {}), include_usage: true } }
}

/** Clients that this one makes of itself with other options are observed too. */
function followClones(client: object, options: InstrumentOptions): void {
  replaceMethod(client, 'withOptions', (withOptions): Callable => {
    return function (this: unknown, ...args) {
      const clone = Reflect.apply(withOptions, this, args)
      return isClient(clone) ? instrument(clone, options) : clone
    }
  })
}

function isClient(value: unknown): value is Shape & OpenAIClient {
  return isShape(value) && typeof value.baseURL === 'string'
}

/** The library's version, which a client says in its user agent: `OpenAI/JS 7.57.0`. */
function versionOf(client: object): string | undefined {
  const userAgent = at(client, 'getUserAgent')
  if (!isCallable(userAgent)) return undefined
  const said = userAgent.call(client)
  return typeof said === 'string' ? /\/JS (\d+\.\d+\.\d+[\w.+-]*)/.exec(said)?.[1] : undefined
}
