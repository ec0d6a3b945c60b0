import type { Exchange } from './exchange.js'

/** Receives what passes of one request and its answer. */
export type ExchangeObserver = Pick<
  Exchange,
  'requestBytes' | 'requestEnd' | 'answerStart' | 'answerBytes' | 'answerEnd' | 'fail' | 'unread'
>

/** One request that several recorders observe: each has an exchange of its own. */
export class Exchanges implements ExchangeObserver {
  readonly #all: readonly Exchange[]

  constructor(all: readonly Exchange[]) {
    this.#all = all
  }

  requestBytes(bytes: Uint8Array): void {
    for (const each of this.#all) each.requestBytes(bytes)
  }

  requestEnd(): void {
    for (const each of this.#all) each.requestEnd()
  }

  answerStart(...args: Parameters<Exchange['answerStart']>): void {
    for (const each of this.#all) each.answerStart(...args)
  }

  answerBytes(bytes: Uint8Array): void {
    for (const each of this.#all) each.answerBytes(bytes)
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
