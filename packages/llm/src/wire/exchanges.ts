import type { Exchange } from './exchange.js'

/** A chunk of a body: bytes, or text that is sent as UTF-8. */
export type Chunk = Uint8Array | string

/** Receives what passes of one request and its answer. */
export interface ExchangeObserver
  extends Pick<Exchange, 'requestEnd' | 'answerStart' | 'answerEnd' | 'fail' | 'unread'> {
  requestBytes(chunk: Chunk): void
  answerBytes(chunk: Chunk): void
}

/** One request that several recorders observe: each has an exchange of its own. */
export class Exchanges implements ExchangeObserver {
  readonly #all: readonly ExchangeObserver[]

  constructor(all: readonly ExchangeObserver[]) {
    this.#all = all
  }

  requestBytes(chunk: Chunk): void {
    for (const each of this.#all) each.requestBytes(chunk)
  }

  requestEnd(): void {
    for (const each of this.#all) each.requestEnd()
  }

  answerStart(...args: Parameters<Exchange['answerStart']>): void {
    for (const each of this.#all) each.answerStart(...args)
  }

  answerBytes(chunk: Chunk): void {
    for (const each of this.#all) each.answerBytes(chunk)
  }

  answerEnd(): void {
    for (const each of this.#all) each.answerEnd()
  }

  fail(error: unknown): void {
    for (const each of this.#all) each.fail(error)
  }

  unread(): void {
    for (const each of this.#all) each.unread()
  }
}
