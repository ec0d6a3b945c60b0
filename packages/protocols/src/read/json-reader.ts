import { closingQuote, isTextAt, textAt } from './ascii.js'
import { isScalar, isScalarByte, isSelected, plainScalar, scalarOf, scalarValue, stringValue } from './json-values.js'
import { type Plan, planOf } from './plan.js'
import type { Selected, Selection } from './selection.js'
import { SkippedContainer } from './skipped-container.js'
import { MAX_TEXT_BYTES, StringReader } from './string-reader.js'

// States of the reader, as numbers, because they are compared at each byte outside of strings.
const VALUE = 0
const FIRST_ELEMENT = 1
const FIRST_KEY = 2
const KEY = 3
const AFTER_KEY = 4
const AFTER_VALUE = 5
const STRING = 6
const SCALAR = 7
const SKIPPED = 8
const DONE = 9
const INVALID = 10

type Container = Record<string, unknown> | unknown[] | undefined

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]
const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Maximum number of elements of an array, and maximum nesting, that are read. */
const MAX_ELEMENTS = 4096
const MAX_DEPTH = 64
/** Maximum length of a number in characters; longer ones are not read. */
const MAX_SCALAR = 32

/**
 * Reads the selected values of one JSON document that arrives in pieces. It stores no piece and creates strings for
 * selected values only. An invalid document has no value. Never throws.
 * @example
 * const reader = new JsonReader({ model: 'text', usage: 'numbers' })
 * reader.write(new TextEncoder().encode('{"model":"gpt-4","usage":{"prompt_tokens":5}}'))
 * reader.value // { model: 'gpt-4', usage: { prompt_tokens: 5 } }
 */
export class JsonReader<const S extends Selection> {
  readonly #root: Plan
  #state = VALUE
  /** The open object or array, and those around it. */
  #plan: Plan | undefined
  #container: Container
  readonly #outerPlans: (Plan | undefined)[] = []
  readonly #outer: Container[] = []
  /** The plan of the next value; undefined for a skipped one. */
  #next: Plan | undefined
  #key = ''
  /** Reads strings that `closingQuote` does not find the end of. */
  #string: StringReader | undefined
  #isKey = false
  #scalar = ''
  #skipped: SkippedContainer | undefined
  #isArraySkipped = false
  /** The last text of each plan: chunks of a stream repeat most of theirs. */
  #texts: string[] | undefined
  #value: unknown

  constructor(selection: S) {
    this.#root = planOf(selection)
    this.#next = this.#root
  }

  /** The value; undefined until the document is complete. */
  get value(): Selected<S> | undefined {
    return this.#state === DONE ? (this.#value as Selected<S> | undefined) : undefined
  }

  /** Whether the written text is not one JSON document, which is known at its end at the latest. An empty text is valid. */
  get isInvalid(): boolean {
    return this.#state === INVALID
  }

  /** Resets the reader for another document. */
  reset(): void {
    this.#outerPlans.length = 0
    this.#outer.length = 0
    this.#plan = undefined
    this.#container = undefined
    this.#next = this.#root
    this.#state = VALUE
    this.#scalar = ''
    this.#value = undefined
  }

  /** Ends the document. A number at top level has no other end. */
  end(): void {
    if (this.#state === SCALAR && this.#container === undefined) this.#endScalar()
    const isBlank = this.#state === VALUE && this.#container === undefined
    if (this.#state !== DONE && !isBlank) this.#state = INVALID
  }

  write(bytes: Uint8Array, from = 0, to = bytes.length): void {
    let at = from
    while (at < to && this.#state < DONE) {
      switch (this.#state) {
        case STRING:
          at = this.#readString(bytes, at, to)
          break
        case SKIPPED:
          at = this.#skip(bytes, at, to)
          break
        case SCALAR:
          at = this.#readScalar(bytes, at, to)
          break
        default:
          at = (bytes[at] ?? 0) <= SPACE ? at + 1 : this.#readStructure(bytes, at, to)
      }
    }
  }

  /** Reads what begins with this byte, as far as it is here in one piece. Returns the index of the next byte. */
  #readStructure(bytes: Uint8Array, at: number, to: number): number {
    const byte = bytes[at] ?? 0
    switch (this.#state) {
      case AFTER_KEY:
        this.#state = byte === COLON ? VALUE : INVALID
        return at + 1
      case AFTER_VALUE:
        return this.#readSeparator(byte, at)
      case FIRST_KEY:
        return byte === CLOSE_OBJECT ? this.#close(at) : this.#beginKey(bytes, at, to)
      case KEY:
        return this.#beginKey(bytes, at, to)
      case FIRST_ELEMENT:
        return byte === CLOSE_ARRAY ? this.#close(at) : this.#beginValue(bytes, at, to)
      default:
        return this.#beginValue(bytes, at, to)
    }
  }

  #readSeparator(byte: number, at: number): number {
    const container = this.#container
    const isArray = Array.isArray(container)
    if (byte === (isArray ? CLOSE_ARRAY : CLOSE_OBJECT)) return this.#close(at)
    if (byte !== COMMA) this.#state = INVALID
    else if (isArray) {
      this.#next = container.length < MAX_ELEMENTS ? this.#plan?.element : undefined
      this.#state = VALUE
    } else this.#state = KEY
    return at + 1
  }

  #beginKey(bytes: Uint8Array, at: number, to: number): number {
    if (bytes[at] !== QUOTE) return this.#fail(at)
    const start = at + 1
    const end = closingQuote(bytes, start, Math.min(to, start + MAX_TEXT_BYTES + 1))
    if (end === -1) return this.#beginString(true, true, start)
    const members = this.#plan?.members
    if (members === undefined) this.#takeKey(textAt(bytes, start, end, undefined))
    else {
      this.#next = undefined
      for (const { name, plan } of members) {
        if (!isTextAt(name, bytes, start, end)) continue
        this.#key = name
        this.#next = plan
        break
      }
    }
    const hasColon = bytes[end + 1] === COLON && end + 1 < to
    this.#state = hasColon ? VALUE : AFTER_KEY
    return hasColon ? end + 2 : end + 1
  }

  #takeKey(key = ''): void {
    this.#key = key
    const isCounted = this.#plan?.leaf === 'numbers' && key !== '__proto__'
    this.#next = isCounted ? this.#plan : this.#plan?.members?.find(({ name }) => name === key)?.plan
  }

  #beginValue(bytes: Uint8Array, at: number, to: number): number {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) return this.#beginText(bytes, at + 1, to)
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) return this.#beginContainer(byte === OPEN_ARRAY, at)
    if (!isScalarByte(byte)) return BYTE_ORDER_MARK.includes(byte) && !this.#container ? at + 1 : this.#fail(at)
    this.#scalar = ''
    this.#state = SCALAR
    return at
  }

  #beginText(bytes: Uint8Array, start: number, to: number): number {
    const plan = this.#next
    const isText = plan?.leaf === 'text' || plan?.leaf === 'number'
    const end = closingQuote(bytes, start, Math.min(to, start + MAX_TEXT_BYTES + 1))
    if (end === -1) return this.#beginString(false, isText, start)
    let text: string | undefined
    if (isText) {
      this.#texts ??= []
      text = textAt(bytes, start, end, this.#texts[plan.index])
      this.#texts[plan.index] = text
    }
    return this.#assign(plan && stringValue(text, end - start, plan), end + 1)
  }

  #beginString(isKey: boolean, keepsText: boolean, at: number): number {
    this.#string ??= new StringReader()
    this.#string.begin(keepsText)
    this.#isKey = isKey
    this.#state = STRING
    return at
  }

  #readString(bytes: Uint8Array, at: number, to: number): number {
    const string = this.#string
    if (string === undefined) return to
    const next = string.read(bytes, at, to)
    if (!string.isOver) return next
    if (!this.#isKey) return this.#assign(stringValue(string.text, string.byteLength, this.#next), next)
    this.#takeKey(string.text)
    this.#state = AFTER_KEY
    return next
  }

  #beginContainer(isArray: boolean, at: number): number {
    const plan = this.#next
    if (!isSelected(plan, isArray) || this.#outer.length >= MAX_DEPTH) {
      this.#skipped ??= new SkippedContainer()
      this.#skipped.begin(isArray, plan?.leaf === 'items')
      this.#isArraySkipped = isArray
      this.#state = SKIPPED
      return at + 1
    }
    const container = isArray ? [] : {}
    this.#assign(container, at)
    this.#outerPlans.push(this.#plan)
    this.#outer.push(this.#container)
    this.#plan = plan
    this.#container = container
    this.#next = plan?.element
    this.#state = isArray ? FIRST_ELEMENT : FIRST_KEY
    return at + 1
  }

  #readScalar(bytes: Uint8Array, at: number, to: number): number {
    let next = at
    while (next < to && isScalarByte(bytes[next] ?? 0)) next++
    if (next < to && this.#scalar === '') {
      const plain = plainScalar(bytes, at, next)
      // A number that is selected as text is stored as it is written.
      const isText = this.#next?.leaf === 'text' && typeof plain === 'number'
      if (plain !== undefined && !isText) return this.#assign(scalarValue(plain, this.#next), next)
    }
    const most = Math.min(next, at + MAX_SCALAR - this.#scalar.length)
    if (most > at) this.#scalar += textAt(bytes, at, most, undefined)
    if (next < to) this.#endScalar()
    return next
  }

  #endScalar(): void {
    const text = this.#scalar
    const scalar = scalarOf(text)
    const isText = this.#next?.leaf === 'text' && typeof scalar === 'number'
    this.#assign(isText ? text : scalarValue(scalar, this.#next), 0)
    if (!isScalar(text)) this.#state = INVALID
  }

  #skip(bytes: Uint8Array, at: number, to: number): number {
    const skipped = this.#skipped
    if (skipped === undefined) return to
    const next = skipped.read(bytes, at, to)
    if (!skipped.isOver) return next
    const leaf = this.#next?.leaf
    if (leaf === 'items') return this.#assign(this.#isArraySkipped ? skipped.count : 1, next)
    return this.#assign(leaf === 'present' ? skipped.count > 0 : undefined, next)
  }

  #close(at: number): number {
    this.#plan = this.#outerPlans.pop()
    this.#container = this.#outer.pop()
    this.#state = this.#container === undefined ? DONE : AFTER_VALUE
    return at + 1
  }

  #fail(at: number): number {
    this.#state = INVALID
    return at + 1
  }

  /** Stores the value that ends before `next`. Returns `next`. */
  #assign(value: unknown, next: number): number {
    const container = this.#container
    this.#state = container === undefined ? DONE : AFTER_VALUE
    if (container === undefined) this.#value = value
    else if (Array.isArray(container)) {
      if (container.length < MAX_ELEMENTS) container.push(value)
    } else if (value !== undefined) container[this.#key] = value
    // Of a repeated member, the last value counts.
    else if (this.#next !== undefined && Object.hasOwn(container, this.#key)) delete container[this.#key]
    return next
  }
}
