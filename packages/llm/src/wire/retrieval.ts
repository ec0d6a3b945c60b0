import { AsyncLocalStorage } from 'node:async_hooks'
import { type AnswerTarget, type BodyReader, framingOf } from '@quipu/protocols'
import { AnswerTally } from './answer-tally.js'
import { Attempt, type ExchangeOwner, type StartedRequest } from './attempt.js'
import { decoded } from './content-decoder.js'
import { targetOf } from './request-target.js'
import type { Header } from './retry-rule.js'

/**
 * A request for the answer of a response that runs in the background. One that is not over yet, that was counted before, or
 * that did not run in the background is not observed.
 */
export class Retrieval {
  readonly #owner: ExchangeOwner
  readonly #request: StartedRequest
  readonly #inContext = AsyncLocalStorage.snapshot()
  #reader: BodyReader | undefined
  #attempt: Attempt | undefined
  readonly #tally = new AnswerTally(undefined, false, () => this.happenedMs)
  happenedMs: number | undefined

  constructor(request: StartedRequest, owner: ExchangeOwner) {
    this.#owner = owner
    this.#request = request
    this.#tally.onBackground = (response) => this.#take(response)
  }

  requestBytes(): void {}

  requestEnd(): void {}

  answerStart(status: number, header: Header): void {
    const framing = framingOf(header('content-type') ?? '')
    if (status !== 200 || framing === undefined) return
    const reader = this.#request.matched.protocol.openAnswer(framing, this.#tally)
    this.#reader = decoded((header('content-encoding') ?? '').toLowerCase().trim(), {
      write: (bytes) => reader.write(bytes),
      end: () => {
        reader.end()
        this.#finish()
      },
    })
  }

  answerBytes(bytes: Uint8Array): void {
    this.#reader?.write(bytes)
  }

  answerEnd(): void {
    this.#reader?.end()
  }

  fail(): void {
    this.#finish()
  }

  unread(): void {
    this.#finish()
  }

  #take({ id, isOver, seconds = 0 }: Parameters<AnswerTarget['background']>[0]): void {
    if (!isOver || this.#attempt !== undefined) return
    this.#attempt = this.#owner.background.take(id, () => this.#open(seconds))
    this.#tally.call = this.#attempt?.call
  }

  #open(seconds: number): Attempt {
    const startedMs = this.#owner.recorder.clock.monotonicMs() - seconds * 1000
    const target = targetOf(this.#request.origin)
    const sent = { target, details: undefined, fingerprint: undefined, startedMs, inContext: this.#inContext }
    return new Attempt({ request: this.#request, ...sent }, this.#owner)
  }

  #finish(): void {
    const attempt = this.#attempt
    const tally = this.#tally
    this.#attempt = undefined
    this.#reader = undefined
    if (attempt === undefined) return
    if (attempt.model === undefined) attempt.call.describe({ model: tally.model })
    const endedMs = this.happenedMs ?? this.#owner.recorder.clock.monotonicMs()
    if (tally.failure !== undefined) attempt.fail(tally.failure, endedMs)
    else attempt.end('complete', endedMs)
  }
}
