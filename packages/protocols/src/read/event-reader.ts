import { textAt } from './ascii.js'
import type { ChunkTarget } from './chunk-target.js'
import { JsonReader } from './json-reader.js'
import { LineReader, type LineTarget } from './line-reader.js'
import type { Selection } from './selection.js'

const DATA = 'data'
const EVENT = 'event'
const COLON = 0x3a
const SPACE = 0x20
/** Maximum length of a field name and of a value of `event:`, in bytes. */
const MAX_NAME = 64

/**
 * Reads a server-sent event stream (WHATWG HTML, section 9.2) of JSON documents. It stores no text: data are passed to
 * a JSON reader. Never throws.
 */
export class EventReader<const S extends Selection> implements LineTarget {
  readonly #json: JsonReader<S>
  readonly #lines = new LineReader(this)
  readonly #target: ChunkTarget<S>
  /** The field of the current line; `name` while its name is read. */
  #field: 'name' | 'data' | 'event' | 'other' = 'name'
  #name = ''
  #eventName = ''
  #lastEventName = ''
  #isValueStart = false
  #hasData = false
  #isDone = false

  constructor(selection: S, target: ChunkTarget<S>) {
    this.#json = new JsonReader(selection)
    this.#target = target
  }

  write(bytes: Uint8Array): void {
    this.#lines.write(bytes)
  }

  piece(bytes: Uint8Array, from: number, to: number): void {
    let start = from
    if (this.#field === 'name') {
      start = this.#readName(bytes, from, to)
      if (this.#field === 'name') return
    }
    if (this.#isValueStart && start < to) {
      this.#isValueStart = false
      if (bytes[start] === SPACE) start++
    }
    if (this.#field === 'data') this.#readData(bytes, start, to)
    else if (this.#field === 'event') this.#readEventName(bytes, start, to)
  }

  /** An event without the blank line that ends it is not an event. */
  end(): void {}

  lineEnd(): void {
    if (this.#field === 'name' && this.#name === '') this.#dispatch()
    this.#field = 'name'
    this.#name = ''
  }

  /** Reads the name of a field up to its colon. Returns the index of its value. */
  #readName(bytes: Uint8Array, from: number, to: number): number {
    let colon = from
    while (colon < to && bytes[colon] !== COLON) colon++
    const end = Math.min(colon, from + MAX_NAME - this.#name.length)
    this.#name += textAt(bytes, from, end, this.#name === '' ? DATA : undefined)
    if (colon === to) return to
    this.#isValueStart = true
    this.#field = this.#name === DATA || this.#name === EVENT ? this.#name : 'other'
    if (this.#field === EVENT) this.#eventName = ''
    return colon + 1
  }

  #readEventName(bytes: Uint8Array, from: number, to: number): void {
    const end = Math.min(to, from + MAX_NAME - this.#eventName.length)
    this.#eventName += textAt(bytes, from, end, this.#eventName === '' ? this.#lastEventName : undefined)
  }

  #readData(bytes: Uint8Array, from: number, to: number): void {
    if (from === to) return
    // `[DONE]` is not JSON; in a stream of JSON arrays, another byte would follow the bracket.
    if (!this.#hasData && bytes[from] === 0x5b && (from + 1 === to || bytes[from + 1] === 0x44)) this.#isDone = true
    this.#hasData = true
    this.#json.write(bytes, from, to)
  }

  #dispatch(): void {
    if (this.#hasData) {
      this.#json.end()
      const { value, isInvalid } = this.#json
      if (value !== undefined) this.#target.chunk(value, this.#eventName || undefined)
      else if (this.#isDone) this.#target.done()
      else if (isInvalid) this.#target.invalid()
      this.#json.reset()
    }
    this.#hasData = false
    this.#isDone = false
    if (this.#eventName !== '') this.#lastEventName = this.#eventName
    this.#eventName = ''
  }
}
