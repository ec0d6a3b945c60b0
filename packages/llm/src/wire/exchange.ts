import { AsyncLocalStorage } from 'node:async_hooks'
import { classifyError, describeError, type LlmCall, type Recorder } from '@quipu/core'
import { reportInstrumentation } from '../instrumentation-info.js'
import { type BodyReader, type Failure, framingOf, type RequestDetails } from '../protocols/protocol.js'
import type { MatchedPath } from '../protocols/protocols.js'
import { AnswerTally } from './answer-tally.js'
import { readAttemptHeaders } from './attempt-headers.js'
import { decoded } from './content-decoder.js'
import { ErrorBody } from './error-body.js'
import { Fingerprint } from './fingerprint.js'
import type { HeldCalls } from './held-calls.js'
import { recordRateLimits } from './rate-limit-headers.js'
import { type RequestTarget, targetOf } from './request-target.js'
import { holdMs, isRetryable } from './retry-rule.js'

type Header = (name: string) => string | undefined

/** A request that is being sent, as a source sees it. */
export interface StartedRequest {
  readonly matched: MatchedPath
  readonly origin: string
  readonly path: string
  readonly header: Header
}

/** What an exchange records with. */
export interface ExchangeOwner {
  readonly recorder: Recorder
  readonly held: HeldCalls
  readonly endpoint: string | undefined
  /** How often the client repeats a request, where that is known. */
  readonly maxRetries: number | undefined
}

/** Waiting for the request's body, then for the answer; at last over, or not a model call at all. */
type State = 'request' | 'answer' | 'over' | 'ignored'

/**
 * One HTTP request of a model call and its answer: one attempt. A source reports what passes; nothing here changes it,
 * throws, or keeps any of it.
 */
export class Exchange {
  readonly #owner: ExchangeOwner
  readonly #request: StartedRequest
  readonly #target: RequestTarget
  readonly #inContext = AsyncLocalStorage.snapshot()
  readonly #startedMs: number
  readonly #fingerprint = new Fingerprint()
  #body: BodyReader | undefined
  #details: RequestDetails | undefined
  #state: State = 'request'
  #call: LlmCall | undefined
  #tally: AnswerTally | undefined
  #status = 0
  #responseHeader: Header = () => undefined
  #errorBody: ErrorBody | undefined
  #reader: BodyReader | undefined
  #isStream = false
  /** When the answer had arrived, if not yet decoded. */
  #arrivedMs: number | undefined
  /** When the thing happened that is observed now, where it is observed later; set by the pace of reading. */
  happenedMs: number | undefined
  /** An earlier attempt was aborted and repeated: the client has a time limit. */
  #hasTimeLimit = false

  constructor(request: StartedRequest, owner: ExchangeOwner) {
    this.#owner = owner
    this.#request = request
    this.#target = targetOf(request.origin)
    this.#startedMs = owner.recorder.clock.monotonicMs()
    this.#body = request.matched.protocol.openRequest(request.header('content-type') ?? '', (details) => {
      this.#details = details
    })
  }

  requestBytes(bytes: Uint8Array): void {
    if (this.#state !== 'request') return
    this.#fingerprint.add(bytes)
    this.#body?.write(bytes)
  }

  requestEnd(): void {
    if (this.#state !== 'request') return
    this.#body?.end()
    this.#body = undefined
    this.#open()
  }

  answerStart(status: number, header: Header): void {
    this.requestEnd()
    if (this.#state !== 'answer' || this.#call === undefined) return
    this.#status = status
    this.#responseHeader = header
    recordRateLimits(this.#owner.recorder, { provider: this.#provider, model: this.#model ?? 'unknown' }, header)
    const contentType = header('content-type') ?? ''
    if (status >= 400) {
      this.#errorBody = new ErrorBody()
      this.#reader = this.#decodedReader(this.#errorBody)
      return
    }
    const { protocol } = this.#request.matched
    const framing = framingOf(contentType)
    this.#isStream = framing !== undefined && framing !== 'document'
    this.#tally = new AnswerTally(this.#call, this.#isStream, () => this.happenedMs)
    protocol.readHeaders?.(this.#tally, header)
    this.#reader = framing && this.#decodedReader(protocol.openAnswer(framing, this.#tally))
  }

  answerBytes(bytes: Uint8Array): void {
    if (this.#state === 'answer') this.#reader?.write(bytes)
  }

  answerEnd(): void {
    if (this.#state !== 'answer') return
    this.#arrivedMs = this.#endedMs
    if (this.#reader === undefined) this.#finish()
    else this.#reader.end()
  }

  /** The exchange broke: the connection failed, or the client stopped it. */
  fail(error: unknown): void {
    this.requestEnd()
    // An answer that is complete may still be decoded when its connection closes.
    if (this.#state !== 'answer' || this.#arrivedMs !== undefined) return
    const type = describeError(error).type
    const isAnswered = this.#status > 0
    // Clients stop reading at the event that ends the stream; a connection that breaks there still fails them.
    if (this.#tally?.isComplete && type !== 'connection') this.#finish()
    else if (type === 'cancelled') this.#stopped(isAnswered)
    else if (isAnswered) this.#fail({ type: type === 'unknown' ? 'connection' : type })
    else this.#failAttempt({ type: type === 'unknown' ? 'connection' : type }, type === 'unknown' ? 'connection' : type)
  }

  /** The answer can no longer be read: its reader was collected. */
  unread(): void {
    if (this.#state !== 'answer' || this.#arrivedMs !== undefined) return
    this.#close()
    this.#call?.end(this.#tally?.hasOutput ? 'abandoned' : 'unread', this.#endedMs)
  }

  #open(): void {
    const { matched } = this.#request
    // A path can look like a protocol's and be another API's: a model call names its model or goes to a known provider.
    // Where its body was not seen, the path alone decides.
    const isUnseen = this.#fingerprint.value === undefined
    const isModelCall = this.#model !== undefined || isUnseen || this.#target.provider !== undefined
    if (!isModelCall) {
      this.#state = 'ignored'
      return
    }
    this.#state = 'answer'
    const repeated = this.#owner.held.take(this.#identity)
    this.#call = repeated?.call ?? this.#inContext(() => this.#start())
    if (repeated !== undefined) {
      this.#call.retried(repeated.reason)
      this.#hasTimeLimit = repeated.failure === 'aborted'
    }
    reportInstrumentation(this.#owner.recorder, 'protocol', matched.protocol.name, 'active')
    this.#openCalls(1)
    if (this.#details?.offersTools && matched.protocol.operation === 'chat') this.#call.toolCalls(0)
  }

  #start(): LlmCall {
    const { protocol } = this.#request.matched
    return this.#owner.recorder.startLlmCall({
      model: this.#model,
      operation: protocol.operation,
      provider: this.#provider,
      serverAddress: this.#target.hostname,
      serverPort: this.#target.port,
      endpoint: this.#owner.endpoint,
      messageCount: this.#details?.messageCount,
      stream: this.#details?.stream,
      startedMs: this.#startedMs,
    })
  }

  #decodedReader(reader: BodyReader): BodyReader | undefined {
    const coding = (this.#responseHeader('content-encoding') ?? '').toLowerCase().trim()
    return decoded(coding, {
      write: (bytes) => reader.write(bytes),
      end: () => {
        reader.end()
        this.#finish()
      },
    })
  }

  /** The answer is complete. */
  #finish(): void {
    if (this.#state !== 'answer') return
    if (this.#errorBody !== undefined) {
      this.#failStatus(this.#errorBody.failure)
      return
    }
    const failure = this.#tally?.failure
    if (this.#model === undefined) this.#call?.describe({ model: this.#tally?.model })
    // Where its content coding is not known to this Node, nothing of the answer was read.
    const isRead = this.#reader !== undefined
    const { hasTerminalEvent } = this.#request.matched.protocol
    const isCut = isRead && this.#isStream && hasTerminalEvent && this.#tally?.isComplete === false
    if (failure !== undefined) this.#fail(failure)
    else if (isCut) this.#fail({ type: 'invalid_response' })
    else {
      this.#close()
      this.#call?.end('complete', this.#endedMs)
    }
  }

  #failStatus(said: Failure): void {
    const failure = { ...said, status: this.#status }
    const reason = classifyError(failure)
    if (isRetryable(this.#status, this.#responseHeader)) this.#failAttempt(failure, reason)
    else this.#fail(failure)
  }

  /** Fails an attempt that the client may repeat. */
  #failAttempt(failure: Failure | 'aborted', reason: string): void {
    const call = this.#call
    if (call === undefined) return
    if (this.#isLastAttempt) {
      if (failure === 'aborted') this.#close(() => call.abort(this.#endedMs))
      else this.#fail(failure)
      return
    }
    this.#close()
    const endedMs = this.#endedMs
    const attempt = { identity: this.#identity, failure, reason, endedMs }
    const forMs = holdMs(this.#responseHeader)
    if (call.isInner) {
      // The outer call decides how it ended, and must not wait for a repetition that does not come.
      if (failure === 'aborted') call.abort(endedMs)
      else call.fail(failure, endedMs)
      this.#owner.held.hold({ ...attempt, call: undefined }, forMs)
    } else this.#owner.held.hold({ ...attempt, call }, forMs)
  }

  #stopped(isAnswered: boolean): void {
    if (!isAnswered) {
      // A client's own time limit aborts the request too; then it may send it again.
      this.#failAttempt(this.#isTimeout ? { type: 'timeout' } : 'aborted', 'timeout')
      return
    }
    this.#close()
    if (this.#tally?.hasOutput) this.#call?.end('abandoned', this.#endedMs)
    else this.#call?.abort(this.#endedMs)
  }

  #fail(failure: Failure): void {
    this.#close()
    this.#call?.fail(failure, this.#endedMs)
  }

  /** When it ended that ends now: earlier than it is read where reading takes turns. */
  get #endedMs(): number {
    return this.#arrivedMs ?? this.happenedMs ?? this.#owner.recorder.clock.monotonicMs()
  }

  /** Whether an abort before the answer is the client's time limit: Stainless clients send theirs in whole seconds, 0 below one. */
  get #isTimeout(): boolean {
    const limitMs = Number(this.#request.header('x-stainless-timeout') ?? Number.NaN) * 1000
    const elapsedMs = this.#endedMs - this.#startedMs
    return this.#hasTimeLimit || elapsedMs >= limitMs
  }

  #openCalls(change: 1 | -1): void {
    this.#owner.recorder.metrics.llm_open_calls.add(change, { model: this.#model ?? 'unknown' })
  }

  /** The exchange is over; called once, from the state `answer`. */
  #close(end?: () => void): void {
    this.#state = 'over'
    this.#openCalls(-1)
    end?.()
  }

  /** Whether the client makes no further attempt, as far as its mark or the request says. */
  get #isLastAttempt(): boolean {
    const { attempt, limit } = readAttemptHeaders(this.#request.header)
    const maxRetries = limit === undefined ? this.#owner.maxRetries : limit - 1
    return maxRetries !== undefined && attempt !== undefined && attempt >= maxRetries
  }

  get #identity() {
    const { origin, path } = this.#request
    const { attempt } = readAttemptHeaders(this.#request.header)
    return { target: `${origin}${path}`, body: this.#fingerprint.value, attempt }
  }

  get #model(): string | undefined {
    return this.#details?.model || this.#request.matched.model
  }

  get #provider(): string {
    return this.#target.provider ?? this.#request.matched.protocol.provider
  }
}
