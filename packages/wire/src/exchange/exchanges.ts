import type { Exchange } from './exchange.js'

/** A chunk of a body: bytes, or text that is encoded as UTF-8. */
export type Chunk = Uint8Array | string

/** Receives the bytes of one request and its response. */
export interface ExchangeObserver
  extends Pick<Exchange, 'requestEnd' | 'responseStart' | 'responseEnd' | 'fail' | 'unread'> {
  requestBytes(chunk: Chunk): void
  responseBytes(chunk: Chunk): void
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

  responseStart(...args: Parameters<Exchange['responseStart']>): void {
    for (const each of this.#all) each.responseStart(...args)
  }

  responseBytes(chunk: Chunk): void {
    for (const each of this.#all) each.responseBytes(chunk)
  }

  responseEnd(): void {
    for (const each of this.#all) each.responseEnd()
  }

  fail(error: unknown): void {
    for (const each of this.#all) each.fail(error)
  }

  unread(): void {
    for (const each of this.#all) each.unread()
  }
}
