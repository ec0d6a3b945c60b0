import { JsonReader } from './json-reader.js'
import { LineReader, type LineTarget } from './line-reader.js'
import type { Selected, Selection } from './selection.js'

const COLON = 0x3a
const SPACE = 0x20
/** Maximum length of a field name and of a value of `event:`, in bytes. */
const MAX_NAME = 64

/** Receives the events of a stream. */
export interface EventTarget<S> {
  /** An event: the selected values of its data, and the value of its `event:` line. */
  event(data: Selected<S>, name: string | undefined): void
  /** The event `data: [DONE]`. */
  done(): void
  /** Data that are not a JSON document. */
  invalid(): void
}

type Field = 'name' | 'data' | 'event' | 'other'

/**
 * Reads a server-sent event stream (WHATWG HTML, section 9.2) of JSON documents. It stores no text: data are passed to
 * a JSON reader. Never throws.
 */
export class EventReader<const S extends Selection> implements LineTarget {
  readonly #json: JsonReader<S>
  readonly #lines = new LineReader(this)
  readonly #target: EventTarget<S>
  #field: Field = 'name'
  #name = ''
  #eventName = ''
  #isValueStart = false
  #hasData = false
  #isDone = false

  constructor(selection: S, target: EventTarget<S>) {
    this.#json = new JsonReader(selection)
    this.#target = target
  }

  write(bytes: Uint8Array): void {
    this.#lines.write(bytes)
  }

  piece(bytes: Uint8Array): void {
    let value = bytes
    if (this.#field === 'name') {
      const colon = bytes.indexOf(COLON)
      this.#name += asciiOf(colon === -1 ? bytes : bytes.subarray(0, colon), MAX_NAME - this.#name.length)
      if (colon === -1) return
      this.#beginValue()
      value = bytes.subarray(colon + 1)
    }
    if (this.#isValueStart && value.length > 0) {
      this.#isValueStart = false
      if (value[0] === SPACE) value = value.subarray(1)
    }
    this.#readValue(value)
  }

  end(): void {
    if (this.#field === 'name' && this.#name === '') this.#dispatch()
    this.#field = 'name'
    this.#name = ''
  }

  #beginValue(): void {
    this.#isValueStart = true
    this.#field = this.#name === 'data' || this.#name === 'event' ? this.#name : 'other'
    if (this.#field === 'event') this.#eventName = ''
  }

  #readValue(value: Uint8Array): void {
    if (this.#field === 'event') this.#eventName += asciiOf(value, MAX_NAME - this.#eventName.length)
    if (this.#field !== 'data' || value.length === 0) return
    // `[DONE]` is not JSON; in a stream of JSON arrays, another byte would follow the bracket.
    if (!this.#hasData && value[0] === 0x5b && (value.length === 1 || value[1] === 0x44)) this.#isDone = true
    this.#hasData = true
    this.#json.write(value)
  }

  #dispatch(): void {
    if (this.#hasData) {
      this.#json.end()
      const { value, isInvalid } = this.#json
      if (value !== undefined) this.#target.event(value, this.#eventName || undefined)
      else if (this.#isDone) this.#target.done()
      else if (isInvalid) this.#target.invalid()
      this.#json.reset()
    }
    this.#hasData = false
    this.#isDone = false
    this.#eventName = ''
  }
}

function asciiOf(bytes: Uint8Array, most: number): string {
  let text = ''
  for (const byte of bytes.subarray(0, Math.max(0, most))) text += String.fromCharCode(byte)
  return text
}
