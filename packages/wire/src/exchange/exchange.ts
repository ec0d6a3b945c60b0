import { classifyError, describeError, type LlmCall, type LlmCallOptions, noteModelFailure } from '@quipu/core'
import { type BodyReader, costHeader, type Failure, framingOf, type RequestDetails } from '@quipu/protocols'
import { Attempt, type ExchangeContext, requestedModel, type StartedRequest } from './attempt.js'
import { decodingReader } from './decoding-reader.js'
import { ErrorBody } from './error-body.js'
import { Fingerprint } from './fingerprint.js'
import { recordRateLimits } from './record-rate-limits.js'
import { targetOf } from './request-target.js'
import { ResponseTally } from './response-tally.js'
import { type Header, isRetryable, redirectOf } from './retry-rule.js'

const noHeader: Header = () => undefined

/** Waiting for the request's body, then for the response; finally over, or not a model call. */
type State = 'request' | 'response' | 'over' | 'ignored'

/**
 * One HTTP request of a model call with its response: one attempt. A source reports the bytes. The exchange changes
 * nothing, does not throw, and stores no content.
 */
export class Exchange {
  readonly #context: ExchangeContext
  readonly #request: StartedRequest
  /** Undefined after the call was started. */
  #startCall: ((options: LlmCallOptions) => LlmCall) | undefined
  readonly #startedMs: number
  #fingerprint: Fingerprint | undefined = new Fingerprint()
  #body: BodyReader | undefined
  #details: RequestDetails | undefined
  #state: State = 'request'
  #attempt: Attempt | undefined
  #tally: ResponseTally | undefined
  #status = 0
  /** Of an error response only: the headers of a stream would be held until its end. */
  #responseHeader: Header = noHeader
  #errorBody: ErrorBody | undefined
  #reader: BodyReader | undefined
  #isStream = false
  /** Time of the response's arrival, if it is not decoded yet. */
  #arrivedMs: number | undefined
  /** Time of the current event, if it is observed later. */
  happenedMs: number | undefined

  constructor(request: StartedRequest, context: ExchangeContext) {
    this.#context = context
    this.#request = request
    this.#startCall = context.recorder.deferLlmCall()
    this.#startedMs = context.recorder.clock.monotonicMs()
    // A compressed body is not read; few clients send one.
    if (/^(?:identity)?$/i.test(request.header('content-encoding') ?? '')) {
      this.#body = request.matched.protocol.openRequest(request.header('content-type') ?? '', (details) => {
        this.#details = details
      })
    }
  }

  requestBytes(bytes: Uint8Array): void {
    if (this.#state !== 'request') return
    this.#fingerprint?.add(bytes)
    this.#body?.write(bytes)
  }

  requestEnd(): void {
    if (this.#state === 'request') this.#sent(true)
  }

  /** Opens the attempt of a request; the body of one that was answered or failed early can be a part. */
  #sent(isWhole: boolean): void {
    this.#body?.end()
    const isSeen = isWhole || this.#details !== undefined
    this.#open(isSeen ? this.#fingerprint?.value : undefined)
    // The reader of the request is not needed for the response.
    this.#body = undefined
    this.#fingerprint = undefined
    this.#startCall = undefined
    this.#details = undefined
  }

  responseStart(status: number, header: Header): void {
    if (this.#state === 'request') this.#sent(false)
    const attempt = this.#attempt
    if (this.#state !== 'response' || attempt === undefined) return
    this.#status = status
    const location = redirectOf(status, header, this.#request)
    if (location !== undefined) {
      this.#state = 'over'
      attempt.redirect(location, { type: 'invalid_response', status }, this.#endedMs)
      return
    }
    const { provider, model = 'unknown' } = attempt
    recordRateLimits(this.#context.recorder, { provider, model }, header)
    if (status >= 400) {
      noteModelFailure({ status })
      this.#responseHeader = header
      this.#errorBody = new ErrorBody()
      this.#reader = this.#decodedReader(header, this.#errorBody)
      return
    }
    const { protocol } = this.#request.matched
    const framing = framingOf(header('content-type') ?? '')
    this.#isStream = framing !== undefined && framing !== 'document'
    this.#tally = new ResponseTally(attempt.call, this.#isStream, this)
    protocol.readHeaders?.(this.#tally, header)
    this.#tally.response({ costDollars: costHeader(header) })
    this.#reader = framing && this.#decodedReader(header, protocol.openResponse(framing, this.#tally))
  }

  responseBytes(bytes: Uint8Array): void {
    if (this.#state === 'response') this.#reader?.write(bytes)
  }

  responseEnd(): void {
    if (this.#state !== 'response') return
    this.#arrivedMs = this.#endedMs
    if (this.#reader === undefined) this.#finish()
    else this.#reader.end()
  }

  /** Ends a broken exchange: the connection failed, or the client stopped it. */
  fail(error: unknown): void {
    if (this.#state === 'request') this.#sent(false)
    // A complete response may still be in decoding when its connection closes.
    if (this.#state !== 'response' || this.#arrivedMs !== undefined) return
    if (error instanceof Error) noteModelFailure(error)
    const { type } = describeError(error)
    const isConnection = type === 'connection' || type === 'unknown'
    // Clients retry a failed request without reading its response, and stop reading at an error in a stream and at its
    // terminal event; a connection that breaks there still fails them.
    const isOver = this.#tally?.failure !== undefined || (this.#tally?.isComplete && type !== 'connection')
    if (this.#errorBody !== undefined || isOver) this.#finish()
    else if (type === 'cancelled') this.#stopped()
    else this.#broken({ type: isConnection ? 'connection' : type })
  }

  /** Ends an exchange whose response can no longer be read, because its reader was collected. */
  unread(): void {
    if (this.#state !== 'response' || this.#arrivedMs !== undefined) return
    if (this.#errorBody !== undefined) this.#finish()
    else this.#close((attempt, endedMs) => attempt.end(this.#tally?.hasOutput ? 'abandoned' : 'unread', endedMs))
  }

  #open(fingerprint: string | undefined): void {
    const details = this.#details
    const target = targetOf(this.#request.origin)
    // Another API can have a path like that of a protocol. A model call names its model or uses a known provider.
    // Without a body that was read as a whole, the path decides.
    const isNamed = requestedModel(this.#request, details) !== undefined
    const isRead = this.#body !== undefined && fingerprint !== undefined
    this.#state = isNamed || !isRead || target.provider !== undefined ? 'response' : 'ignored'
    if (this.#state === 'ignored') return
    const request = this.#request
    const startedMs = this.#startedMs
    const startCall = this.#startCall ?? this.#context.recorder.startLlmCall
    this.#attempt = new Attempt({ request, target, details, fingerprint, startedMs, startCall }, this.#context)
  }

  #decodedReader(header: Header, reader: BodyReader): BodyReader | undefined {
    return decodingReader(header('content-encoding'), reader, () => this.#finish())
  }

  /** Ends a complete response. */
  #finish(): void {
    if (this.#state !== 'response') return
    if (this.#errorBody !== undefined) {
      this.#failStatus(this.#errorBody.failure)
      return
    }
    const tally = this.#tally
    if (this.#attempt?.model === undefined) this.#attempt?.call.describe({ model: tally?.model })
    // The response was not read, because this Node does not support its content coding.
    const isRead = this.#reader !== undefined
    const { hasTerminalEvent } = this.#request.matched.protocol
    const isCut = isRead && this.#isStream && hasTerminalEvent && tally?.isComplete === false
    const failure = tally?.failure ?? (isCut ? { type: 'invalid_response' } : undefined)
    // Clients retry a request whose response they cannot read, but not after reading a part of a stream.
    if (failure?.type === 'invalid_response' && !this.#isStream) this.#failRepeatable(failure, failure.type)
    else if (failure !== undefined) this.#close((attempt, endedMs) => attempt.fail(failure, endedMs))
    else this.#close((attempt, endedMs) => attempt.end('complete', endedMs))
  }

  #failStatus(said: Failure): void {
    const failure = { ...said, status: this.#status }
    if (isRetryable(this.#status, this.#responseHeader)) this.#failRepeatable(failure, classifyError(failure))
    else this.#close((attempt, endedMs) => attempt.fail(failure, endedMs))
  }

  #failRepeatable(failure: Failure | 'aborted', reason: string): void {
    const responseHeader = this.#responseHeader
    this.#close((attempt, endedMs) => attempt.failRepeatable(failure, { reason, endedMs, responseHeader }))
  }

  /** Ends a failed connection. Clients retry the request, unless a part of a stream has arrived. */
  #broken(failure: { readonly type: string }): void {
    if (!this.#isStream) this.#failRepeatable(failure, failure.type)
    else this.#close((attempt, endedMs) => attempt.fail(failure, endedMs))
  }

  /** Ends an exchange that the client stopped. */
  #stopped(): void {
    if (this.#status === 0) {
      // A client's own time limit also aborts the request; the client may then send it again.
      const isTimeout = this.#attempt?.isTimeout(this.#endedMs) === true
      this.#failRepeatable(isTimeout ? { type: 'timeout' } : 'aborted', 'timeout')
    } else {
      this.#close((attempt, endedMs) => attempt.end(this.#tally?.hasOutput ? 'abandoned' : 'aborted', endedMs))
    }
  }

  /** Time of the end, which is earlier than its observation if reading is divided over turns. */
  get #endedMs(): number {
    return this.#arrivedMs ?? this.happenedMs ?? this.#context.recorder.clock.monotonicMs()
  }

  /** Closes the exchange; called once, in the state `response`. */
  #close(end: (attempt: Attempt, endedMs: number) => void): void {
    this.#state = 'over'
    const attempt = this.#attempt
    if (attempt === undefined) return
    const pendingId = this.#tally?.pendingId
    // The background response continues after any outcome of this request.
    if (pendingId !== undefined) {
      attempt.suspend(this.#endedMs)
      this.#context.background.hold(pendingId, attempt)
    } else end(attempt, this.#endedMs)
  }
}
