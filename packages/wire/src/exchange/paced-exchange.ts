import type { Clock } from '@quipu/core'
import type { Chunk, ExchangeObserver } from './exchanges.js'
import { type ReadingPace, SLICE_BYTES, type WaitingReader } from './reading-pace.js'

type Body = 'requestBytes' | 'responseBytes'

/** An observer that is given the time of data that it observes later. */
interface Observed extends Omit<ExchangeObserver, Body>, Record<Body, (bytes: Uint8Array) => void> {
  happenedMs: number | undefined
}

/** Data that were not observed yet, with their time. */
type Waiting = { readonly atMs: number } & ({ readonly body: Body; chunk: Chunk } | { readonly observe: () => void })

/**
 * Number of waiting bytes above which each new chunk triggers an immediate slice, so that memory is bounded. Only a
 * document of short strings that arrives faster than 250 MB/s waits for so long.
 */
const MAX_WAITING_BYTES = 4 << 20
/** Number of characters of a string that are encoded at once, with at most 3 bytes each. */
const TEXT_SLICE = 16_384

/**
 * Observes an exchange without blocking the event loop: a chunk that is too large for this turn is read in later turns,
 * and later data wait for it. The exchange gets the original time of each.
 */
export class PacedExchange implements ExchangeObserver, WaitingReader {
  readonly #exchange: Observed
  readonly #pace: ReadingPace
  readonly #clock: Clock
  #waiting: Waiting[] | undefined
  #waitingBytes = 0

  constructor(exchange: Observed, pace: ReadingPace, clock: Clock) {
    this.#exchange = exchange
    this.#pace = pace
    this.#clock = clock
  }

  get isEmpty(): boolean {
    return this.#waiting === undefined
  }

  requestBytes(chunk: Chunk): void {
    this.#read('requestBytes', chunk)
  }

  requestEnd(): void {
    this.#happen(() => this.#exchange.requestEnd())
  }

  responseStart(...args: Parameters<ExchangeObserver['responseStart']>): void {
    this.#happen(() => this.#exchange.responseStart(...args))
  }

  responseBytes(chunk: Chunk): void {
    this.#read('responseBytes', chunk)
  }

  responseEnd(): void {
    this.#happen(() => this.#exchange.responseEnd())
  }

  fail(error: unknown): void {
    this.#happen(() => this.#exchange.fail(error))
  }

  unread(): void {
    this.#happen(() => this.#exchange.unread())
  }

  read(mostBytes: number): void {
    let left = mostBytes
    while (this.#waiting !== undefined && left > 0) left -= this.#readNext(this.#waiting, left)
  }

  /** Observes the first waiting item, or a slice of it. Returns the number of bytes read. */
  #readNext(waiting: Waiting[], mostBytes: number): number {
    // Removed before it is observed, so that a failing item is not observed again.
    const first = waiting.shift()
    const slice = first !== undefined && 'chunk' in first ? this.#takeSlice(first, mostBytes) : undefined
    if (first !== undefined && 'chunk' in first && first.chunk.length > 0) waiting.unshift(first)
    if (waiting.length === 0) this.#waiting = undefined
    this.#exchange.happenedMs = first?.atMs
    try {
      if (first !== undefined && 'observe' in first) first.observe()
      else if (first !== undefined && slice !== undefined) this.#exchange[first.body](slice)
    } finally {
      this.#exchange.happenedMs = undefined
    }
    return slice?.length ?? 0
  }

  #read(body: Body, chunk: Chunk): void {
    // undici passes on empty ones.
    if (chunk.length === 0) return
    if (this.isEmpty && this.#pace.isSmall(chunk.length)) {
      this.#exchange[body](bufferOf(chunk))
      return
    }
    this.#waitingBytes += chunk.length
    this.#wait({ atMs: this.#clock.monotonicMs(), body, chunk })
    if (this.#waitingBytes > MAX_WAITING_BYTES) this.read(Math.min(chunk.length, SLICE_BYTES))
  }

  /** Removes bytes from the start of a chunk. */
  #takeSlice(of: { chunk: Chunk }, mostBytes: number): Uint8Array {
    const { chunk } = of
    const length = typeof chunk === 'string' ? sliceLength(chunk) : mostBytes
    const slice = bufferOf(typeof chunk === 'string' ? chunk.slice(0, length) : chunk.subarray(0, length))
    of.chunk = typeof chunk === 'string' ? chunk.slice(length) : chunk.subarray(length)
    this.#waitingBytes -= chunk.length - of.chunk.length
    return slice
  }

  #happen(observe: () => void): void {
    if (this.isEmpty) observe()
    else this.#wait({ atMs: this.#clock.monotonicMs(), observe })
  }

  #wait(waiting: Waiting): void {
    this.#waiting ??= []
    this.#waiting.push(waiting)
    this.#pace.read(this)
  }
}

/** A surrogate pair is encoded together. */
function sliceLength(text: string): number {
  const last = text.charCodeAt(TEXT_SLICE - 1)
  return last >= 0xd800 && last < 0xdc00 ? TEXT_SLICE - 1 : TEXT_SLICE
}

/** Returns the same bytes as a `Buffer`, whose `indexOf` takes a fifteenth of the time of a `Uint8Array`'s. */
function bufferOf(chunk: Chunk): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk)
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}
