import type { LlmCall, LlmCallOptions, Recorder } from '@quipu/core'
import type { Failure, MatchedPath, RequestDetails } from '@quipu/protocols'
import { reportInstrumentation } from '../observers/report-instrumentation.js'
import { readAttemptHeaders } from './attempt-headers.js'
import type { FailedAttempt, HeldCalls, RequestIdentity } from './held-calls.js'
import type { KnownReports } from './known-reports.js'
import type { RequestTarget } from './request-target.js'
import { type Header, holdMs } from './retry-rule.js'

/** A request in progress, as reported by a source. */
export interface StartedRequest {
  readonly matched: MatchedPath
  readonly origin: string
  readonly path: string
  readonly header: Header
  /** Name of the source that observes it, if several sources see requests of this process. */
  readonly source?: string
}

/** The recorder and settings of an exchange. */
export interface ExchangeContext {
  readonly recorder: Recorder
  readonly held: HeldCalls
  readonly endpoint: string | undefined
  /** Number of the client's retries, if known. */
  readonly maxRetries: number | undefined
  /** The operation of a marked client, which contains all attempts of a call. */
  readonly operation?: object | undefined
  readonly background: AttemptStore
  readonly reports: KnownReports
}

/** Attempts whose responses continue in the background, by the ids of the responses. */
export interface AttemptStore {
  /** Keeps an attempt until its response is fetched. */
  hold(id: string, attempt: Attempt): void
  /** Returns the attempt of a response; `open` opens one for a response that this process did not start. */
  take(id: string, open: () => Attempt): Attempt | undefined
}

/** A request that was sent. */
export interface SentRequest {
  readonly request: StartedRequest
  readonly target: RequestTarget
  readonly details: RequestDetails | undefined
  /** Length and hash of the body; undefined if it was not observed. */
  readonly fingerprint: string | undefined
  readonly startedMs: number
  /** Starts the call in the scope of the code that made the request. */
  readonly startCall: (options: LlmCallOptions) => LlmCall
}

/**
 * One attempt of a model call: it opens the call, or continues the call of the attempt that it retries, and decides
 * about the call at its own end.
 */
export class Attempt {
  readonly call: LlmCall
  /** The requested model, if the request names it. */
  readonly model: string | undefined
  readonly provider: string
  readonly #context: ExchangeContext
  readonly #header: Header
  readonly #identity: RequestIdentity
  readonly #isLast: boolean
  readonly #startedMs: number
  /** Whether an earlier attempt was aborted and retried, so that the client has a time limit. */
  readonly #hasTimeLimit: boolean

  constructor(sent: SentRequest, context: ExchangeContext) {
    const { request, target, details, fingerprint, startedMs } = sent
    const { protocol } = request.matched
    this.#context = context
    this.#header = request.header
    this.#startedMs = startedMs
    this.model = requestedModel(request, details)
    this.provider = target.provider ?? protocol.provider
    const { attempt, limit } = readAttemptHeaders(request.header)
    const maxRetries = limit === undefined ? context.maxRetries : limit - 1
    this.#isLast = maxRetries !== undefined && attempt !== undefined && attempt >= maxRetries
    const { operation } = context
    const identity = {
      source: request.source,
      target: `${request.origin}${pathOf(request.path)}`,
      body: fingerprint,
      length: lengthOf(fingerprint ?? request.header('content-length')),
      attempt,
      operation,
    }
    const repeated = context.held.take(identity, startedMs)
    this.#hasTimeLimit = repeated?.failure === 'aborted'
    this.call = repeated?.call ?? this.#start(sent)
    // A retry after a redirect is sent to the first location again.
    this.#identity = repeated?.redirected ?? identity
    if (repeated?.reason !== undefined) this.call.retried(repeated.reason)
    reportInstrumentation(context.recorder, 'protocol', protocol.name, 'active')
    this.#count(1)
    if (details?.offersTools && protocol.operation === 'chat') this.call.toolCalls(0)
  }

  #start({ request, target, details, startedMs, startCall }: SentRequest): LlmCall {
    return startCall({
      model: this.model,
      operation: request.matched.protocol.operation,
      provider: this.provider,
      serverAddress: target.hostname,
      serverPort: target.port,
      endpoint: this.#context.endpoint,
      messageCount: details?.messageCount,
      stream: details?.stream,
      startedMs,
    })
  }

  /** Ends the call without a failure. */
  end(outcome: 'complete' | 'abandoned' | 'unread' | 'aborted', endedMs: number): void {
    this.#count(-1)
    if (outcome === 'aborted') this.call.abort(endedMs)
    else this.call.end(outcome, endedMs)
  }

  /** Fails the call at once. */
  fail(failure: Failure, endedMs: number): void {
    this.#count(-1)
    this.call.fail(failure, endedMs)
  }

  /**
   * Fails the attempt. Its client may retry it, so its call is held open.
   *
   * @param reason reason of a retry
   * @param responseHeader headers of the response, which can set the time of a retry
   */
  failRepeatable(
    failure: Failure | 'aborted',
    {
      reason,
      endedMs,
      responseHeader,
    }: { readonly reason: string; readonly endedMs: number; readonly responseHeader: Header },
  ): void {
    this.#count(-1)
    const { call } = this
    // An outer call decides about its end, and must not wait for a retry that may not follow.
    if (this.#isLast || call.isInner) {
      if (failure === 'aborted') call.abort(endedMs)
      else call.fail(failure, endedMs)
    }
    if (this.#isLast) return
    this.#hold({ identity: this.#identity, failure, reason, endedMs }, responseHeader)
  }

  /**
   * Holds the call until the client repeats its request at another location, as the same attempt.
   *
   * @param location an absolute URL
   */
  redirect(location: string, failure: Failure, endedMs: number): void {
    this.#count(-1)
    if (this.call.isInner) this.call.fail(failure, endedMs)
    const redirected = this.#identity
    // The repeated request has the same count, where a retry has the next one.
    const attempt = redirected.attempt === undefined ? undefined : redirected.attempt - 1
    const identity = { ...redirected, target: pathOf(location), attempt }
    this.#hold({ identity, redirected, failure, reason: undefined, endedMs }, () => undefined)
  }

  #hold(failed: Omit<FailedAttempt, 'call'>, responseHeader: Header): void {
    const call = this.call.isInner ? undefined : this.call
    this.#context.held.hold({ ...failed, call }, holdMs(responseHeader))
  }

  /** Keeps the call open: the response continues in the background. */
  suspend(endedMs: number): void {
    this.#count(-1)
    // An outer call is not kept open for a response that another process may fetch.
    if (this.call.isInner) this.call.end('complete', endedMs)
  }

  /** Ends the call: the background response is complete. */
  resume(): void {
    this.#count(1)
  }

  /** Whether the client's own time limit stopped it. Stainless clients send it in whole seconds, 0 below one second. */
  isTimeout(endedMs: number): boolean {
    const limitMs = Number(this.#header('x-stainless-timeout') ?? Number.NaN) * 1000
    return this.#hasTimeLimit || endedMs - this.#startedMs >= limitMs
  }

  #count(change: 1 | -1): void {
    this.#context.recorder.metrics.llm_open_calls.add(change, { model: this.model ?? 'unknown' })
  }
}

/** Returns the model that a request names: in its body, its path, or a header of the protocol. */
export function requestedModel(
  { matched, header }: StartedRequest,
  details: RequestDetails | undefined,
): string | undefined {
  const { modelHeader } = matched.protocol
  return details?.model || matched.model || (modelHeader && header(modelHeader)) || undefined
}

/** Returns a path without its query, which can contain a key. */
export function pathOf(path: string): string {
  const query = path.indexOf('?')
  return query === -1 ? path : path.slice(0, query)
}

/** Returns the number at the beginning of a fingerprint or a header. */
function lengthOf(text: string | undefined): number | undefined {
  const length = Number.parseInt(text ?? '', 10)
  return Number.isNaN(length) ? undefined : length
}
