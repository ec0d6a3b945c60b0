import type { Exchange } from './exchange.js'

/** A chunk of a body: bytes, or text that is encoded as UTF-8. */
export type Chunk = Uint8Array | string

/** Receives the bytes of one request and its response. */
export interface ExchangeObserver
  extends Pick<Exchange, 'requestEnd' | 'answerStart' | 'answerEnd' | 'fail' | 'unread'> {
  requestBytes(chunk: Chunk): void
  answerBytes(chunk: Chunk): void
}

/** One request that several recorders observe, with one exchange each. */
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
