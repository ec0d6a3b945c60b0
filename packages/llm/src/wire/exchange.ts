import { AsyncLocalStorage } from 'node:async_hooks'
import { classifyError, describeError } from '@quipu/core'
import { type BodyReader, type Failure, framingOf, type RequestDetails } from '@quipu/protocols'
import { AnswerTally } from './answer-tally.js'
import { Attempt, type ExchangeOwner, type StartedRequest } from './attempt.js'
import { decoded } from './content-decoder.js'
import { ErrorBody } from './error-body.js'
import { Fingerprint } from './fingerprint.js'
import { recordRateLimits } from './rate-limit-headers.js'
import { targetOf } from './request-target.js'
import { type Header, isRetryable } from './retry-rule.js'

const directly = <R>(fn: () => R): R => fn()

/** Waiting for the request's body, then for the answer; at last over, or not a model call at all. */
type State = 'request' | 'answer' | 'over' | 'ignored'

/**
 * One HTTP request of a model call and its answer: one attempt. A source reports what passes; nothing here changes it,
 * throws, or keeps any of it.
 */
export class Exchange {
  readonly #owner: ExchangeOwner
  readonly #request: StartedRequest
  #inContext: (<R>(fn: () => R) => R) | undefined = AsyncLocalStorage.snapshot()
  readonly #startedMs: number
  #fingerprint: Fingerprint | undefined = new Fingerprint()
  #body: BodyReader | undefined
  #details: RequestDetails | undefined
  #state: State = 'request'
  #attempt: Attempt | undefined
  #tally: AnswerTally | undefined
  #status = 0
  #answerHeader: Header = () => undefined
  #errorBody: ErrorBody | undefined
  #reader: BodyReader | undefined
  #isStream = false
  /** When the answer had arrived, if not yet decoded. */
  #arrivedMs: number | undefined
  /** When the thing happened that is observed now, where it is observed later; set by the pace of reading. */
  happenedMs: number | undefined

  constructor(request: StartedRequest, owner: ExchangeOwner) {
    this.#owner = owner
    this.#request = request
    this.#startedMs = owner.recorder.clock.monotonicMs()
    this.#body = request.matched.protocol.openRequest(request.header('content-type') ?? '', (details) => {
      this.#details = details
    })
  }

  requestBytes(bytes: Uint8Array): void {
    if (this.#state !== 'request') return
    this.#fingerprint?.add(bytes)
    this.#body?.write(bytes)
  }

  requestEnd(): void {
    if (this.#state !== 'request') return
    this.#body?.end()
    this.#open(this.#fingerprint?.value)
    // What has read the request is not needed while its answer comes.
    this.#body = undefined
    this.#fingerprint = undefined
    this.#inContext = undefined
    this.#details = undefined
  }

  answerStart(status: number, header: Header): void {
    this.requestEnd()
    const attempt = this.#attempt
    if (this.#state !== 'answer' || attempt === undefined) return
    this.#status = status
    this.#answerHeader = header
    const { provider, model = 'unknown' } = attempt
    recordRateLimits(this.#owner.recorder, { provider, model }, header)
    if (status >= 400) {
      this.#errorBody = new ErrorBody()
      this.#reader = this.#decodedReader(this.#errorBody)
      return
    }
    const { protocol } = this.#request.matched
    const framing = framingOf(header('content-type') ?? '')
    this.#isStream = framing !== undefined && framing !== 'document'
    this.#tally = new AnswerTally(attempt.call, this.#isStream, () => this.happenedMs)
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
    const { type } = describeError(error)
    const isConnection = type === 'connection' || type === 'unknown'
    // Clients repeat a failed request without reading its answer, and stop reading at an error in a stream and at the event
    // that ends it; a connection that breaks there still fails them.
    const isOver = this.#tally?.failure !== undefined || (this.#tally?.isComplete && type !== 'connection')
    if (this.#errorBody !== undefined || isOver) this.#finish()
    else if (type === 'cancelled') this.#stopped()
    else this.#broken({ type: isConnection ? 'connection' : type })
  }

  /** The answer can no longer be read: its reader was collected. */
  unread(): void {
    if (this.#state !== 'answer' || this.#arrivedMs !== undefined) return
    if (this.#errorBody !== undefined) this.#finish()
    else this.#close((attempt, endedMs) => attempt.end(this.#tally?.hasOutput ? 'abandoned' : 'unread', endedMs))
  }

  #open(fingerprint: string | undefined): void {
    const details = this.#details
    const target = targetOf(this.#request.origin)
    const { matched } = this.#request
    // A path can look like a protocol's and be another API's: a model call names its model or goes to a known provider.
    // Where its body was not seen, the path alone decides.
    const isNamed = Boolean(details?.model || matched.model)
    this.#state = isNamed || fingerprint === undefined || target.provider !== undefined ? 'answer' : 'ignored'
    if (this.#state === 'ignored') return
    const sent = { target, details, fingerprint, startedMs: this.#startedMs, inContext: this.#inContext ?? directly }
    this.#attempt = new Attempt({ request: this.#request, ...sent }, this.#owner)
  }

  #decodedReader(reader: BodyReader): BodyReader | undefined {
    const coding = (this.#answerHeader('content-encoding') ?? '').toLowerCase().trim()
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
    const tally = this.#tally
    if (this.#attempt?.model === undefined) this.#attempt?.call.describe({ model: tally?.model })
    // Where its content coding is not known to this Node, nothing of the answer was read.
    const isRead = this.#reader !== undefined
    const { hasTerminalEvent } = this.#request.matched.protocol
    const isCut = isRead && this.#isStream && hasTerminalEvent && tally?.isComplete === false
    const failure = tally?.failure ?? (isCut ? { type: 'invalid_response' } : undefined)
    // Clients repeat a request whose answer they cannot read; what they have read of a stream they do not ask for again.
    if (failure?.type === 'invalid_response' && !this.#isStream) this.#failRepeatable(failure, failure.type)
    else if (failure !== undefined) this.#close((attempt, endedMs) => attempt.fail(failure, endedMs))
    else this.#close((attempt, endedMs) => attempt.end('complete', endedMs))
  }

  #failStatus(said: Failure): void {
    const failure = { ...said, status: this.#status }
    if (isRetryable(this.#status, this.#answerHeader)) this.#failRepeatable(failure, classifyError(failure))
    else this.#close((attempt, endedMs) => attempt.fail(failure, endedMs))
  }

  #failRepeatable(failure: Failure | 'aborted', reason: string): void {
    const answerHeader = this.#answerHeader
    this.#close((attempt, endedMs) => attempt.failRepeatable(failure, { reason, endedMs, answerHeader }))
  }

  /** The connection failed. Clients repeat the request, unless a part of a stream has come. */
  #broken(failure: { readonly type: string }): void {
    if (!this.#isStream) this.#failRepeatable(failure, failure.type)
    else this.#close((attempt, endedMs) => attempt.fail(failure, endedMs))
  }

  /** The client stopped it. */
  #stopped(): void {
    if (this.#status === 0) {
      // A client's own time limit aborts the request too; then it may send it again.
      const isTimeout = this.#attempt?.isTimeout(this.#endedMs) === true
      this.#failRepeatable(isTimeout ? { type: 'timeout' } : 'aborted', 'timeout')
    } else {
      this.#close((attempt, endedMs) => attempt.end(this.#tally?.hasOutput ? 'abandoned' : 'aborted', endedMs))
    }
  }

  /** When it ended that ends now: earlier than it is read where reading takes turns. */
  get #endedMs(): number {
    return this.#arrivedMs ?? this.happenedMs ?? this.#owner.recorder.clock.monotonicMs()
  }

  /** The exchange is over; called once, from the state `answer`. */
  #close(end: (attempt: Attempt, endedMs: number) => void): void {
    this.#state = 'over'
    if (this.#attempt !== undefined) end(this.#attempt, this.#endedMs)
  }
}
