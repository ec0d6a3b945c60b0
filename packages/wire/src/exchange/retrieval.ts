import type { LlmCall, LlmCallOptions } from '@quipu/core'
import { type BodyReader, framingOf, type ResponseTarget } from '@quipu/protocols'
import { Attempt, type ExchangeContext, type StartedRequest } from './attempt.js'
import { decodingReader } from './decoding-reader.js'
import { targetOf } from './request-target.js'
import { ResponseTally } from './response-tally.js'
import type { Header } from './retry-rule.js'

/**
 * A request that fetches a response that runs in the background. A response that is not complete yet, was counted before, or
 * did not run in the background is not observed.
 */
export class Retrieval {
  readonly #context: ExchangeContext
  readonly #request: StartedRequest
  readonly #startCall: (options: LlmCallOptions) => LlmCall
  #reader: BodyReader | undefined
  #attempt: Attempt | undefined
  readonly #tally = new ResponseTally(undefined, false, this)
  happenedMs: number | undefined

  constructor(request: StartedRequest, context: ExchangeContext) {
    this.#context = context
    this.#request = request
    this.#startCall = context.recorder.deferLlmCall()
    this.#tally.onBackground = (response) => this.#take(response)
  }

  requestBytes(): void {}

  requestEnd(): void {}

  responseStart(status: number, header: Header): void {
    const framing = framingOf(header('content-type') ?? '')
    if (status !== 200 || framing === undefined) return
    const reader = this.#request.matched.protocol.openResponse(framing, this.#tally)
    this.#reader = decodingReader(header('content-encoding'), reader, () => this.#finish())
  }

  responseBytes(bytes: Uint8Array): void {
    this.#reader?.write(bytes)
  }

  responseEnd(): void {
    this.#reader?.end()
  }

  fail(): void {
    this.#finish()
  }

  unread(): void {
    this.#finish()
  }

  #take({ id, isOver, seconds = 0 }: Parameters<ResponseTarget['background']>[0]): void {
    if (!isOver || this.#attempt !== undefined) return
    this.#attempt = this.#context.background.take(id, () => this.#open(seconds))
    this.#tally.call = this.#attempt?.call
  }

  #open(seconds: number): Attempt {
    const startedMs = this.#context.recorder.clock.monotonicMs() - seconds * 1000
    const target = targetOf(this.#request.origin)
    const sent = { target, details: undefined, fingerprint: undefined, startedMs, startCall: this.#startCall }
    return new Attempt({ request: this.#request, ...sent }, this.#context)
  }

  #finish(): void {
    const attempt = this.#attempt
    const tally = this.#tally
    this.#attempt = undefined
    this.#reader = undefined
    if (attempt === undefined) return
    if (attempt.model === undefined) attempt.call.describe({ model: tally.model })
    const endedMs = this.happenedMs ?? this.#context.recorder.clock.monotonicMs()
    if (tally.failure !== undefined) attempt.fail(tally.failure, endedMs)
    else attempt.end('complete', endedMs)
  }
}
