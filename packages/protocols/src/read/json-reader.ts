import { isScalar, isSelected, type Node, namesOf, scalarValue, toNumber } from './json-values.js'
import type { Selected, Selection } from './selection.js'
import { isScalarByte, StringReader } from './string-reader.js'

/** State of the reader. */
type State =
  | 'value'
  | 'first element'
  | 'first key'
  | 'key'
  | 'colon'
  | 'after value'
  | 'string'
  | 'scalar'
  | 'skipped container'
  | 'skipped string'
  | 'done'
  | 'invalid'

type Container = Record<string, unknown> | unknown[] | undefined

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
  readonly #selection: S
  readonly #string = new StringReader()
  readonly #nodes: Node[] = []
  readonly #containers: Container[] = []
  #state: State = 'value'
  /** The selection of the next value. */
  #node: Node
  #key = ''
  #isKey = false
  #scalar = ''
  /** Depth within a skipped container, with the number of its elements, or whether it has any. */
  #skipDepth = 0
  #skipCount = 0
  #skipHasValue = false
  #value: unknown

  constructor(selection: S) {
    this.#selection = selection
    this.#node = selection
  }

  /** The value; undefined until the document is complete. */
  get value(): Selected<S> | undefined {
    return this.#state === 'done' ? (this.#value as Selected<S> | undefined) : undefined
  }

  /** Whether the written text is not one JSON document, which is known at its end at the latest. An empty text is valid. */
  get isInvalid(): boolean {
    return this.#state === 'invalid'
  }

  /** Whether the document is complete or invalid, so that the rest need not be written. */
  get isOver(): boolean {
    return this.#state === 'done' || this.#state === 'invalid'
  }

  /** Resets the reader for another document. */
  reset(): void {
    this.#nodes.length = 0
    this.#containers.length = 0
    this.#node = this.#selection
    this.#state = 'value'
    this.#scalar = ''
    this.#value = undefined
  }

  /** Ends the document. A number at top level has no other end. */
  end(): void {
    if (this.#state === 'scalar' && this.#nodes.length === 0) this.#endScalar()
    const isBlank = this.#state === 'value' && this.#nodes.length === 0
    if (this.#state !== 'done' && !isBlank) this.#state = 'invalid'
  }

  write(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length && !this.isOver) at = this.#step(bytes, at)
  }

  /** Reads at least one byte. Returns the index of the next. */
  #step(bytes: Uint8Array, at: number): number {
    switch (this.#state) {
      case 'string':
        return this.#readString(bytes, at)
      case 'skipped string':
        return this.#skipString(bytes, at)
      case 'skipped container':
        return this.#skipContainer(bytes, at)
      case 'scalar':
        return this.#readScalar(bytes, at)
      default: {
        const byte = bytes[at] ?? 0
        if (byte > 0x20) this.#state = this.#readStructure(byte)
        return at + 1
      }
    }
  }

  /** The state after a byte outside of strings, numbers and skipped containers. */
  #readStructure(byte: number): State {
    switch (this.#state) {
      case 'first element':
        return byte === CLOSE_ARRAY ? this.#close() : this.#beginValue(byte)
      case 'value':
        return this.#beginValue(byte)
      case 'first key':
        return byte === CLOSE_OBJECT ? this.#close() : this.#beginKey(byte)
      case 'key':
        return this.#beginKey(byte)
      case 'colon':
        return byte === COLON ? 'value' : 'invalid'
      default:
        return this.#readSeparator(byte)
    }
  }

  #readSeparator(byte: number): State {
    const container = this.#containers.at(-1)
    const isArray = Array.isArray(container)
    if (byte === (isArray ? CLOSE_ARRAY : CLOSE_OBJECT)) return this.#close()
    if (byte !== COMMA) return 'invalid'
    if (!isArray) return 'key'
    this.#node = container.length < MAX_ELEMENTS ? this.#elementNode() : undefined
    return 'value'
  }

  #beginKey(byte: number): State {
    if (byte !== QUOTE) return 'invalid'
    this.#isKey = true
    this.#string.begin('text')
    return 'string'
  }

  #beginValue(byte: number): State {
    const node = this.#node
    if (byte === QUOTE) {
      this.#isKey = false
      this.#string.begin(node === 'text' || node === 'number' ? 'text' : 'bytes')
      return 'string'
    }
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) return this.#beginContainer(node, byte === OPEN_ARRAY)
    if (!isScalarByte(byte)) return 'invalid'
    this.#scalar = String.fromCharCode(byte)
    return 'scalar'
  }

  #beginContainer(node: Node, isArray: boolean): State {
    if (!isSelected(node, isArray) || this.#nodes.length >= MAX_DEPTH) {
      this.#skipDepth = 1
      this.#skipCount = isArray && node === 'items' ? 0 : -1
      this.#skipHasValue = false
      return 'skipped container'
    }
    const container = isArray ? [] : {}
    this.#assign(container)
    this.#nodes.push(node)
    this.#containers.push(container)
    this.#node = this.#elementNode()
    return isArray ? 'first element' : 'first key'
  }

  #elementNode(): Node {
    const node = this.#nodes.at(-1)
    return Array.isArray(node) ? (node[0] as Selection) : undefined
  }

  #memberNode(key: string): Node {
    const node = this.#nodes.at(-1)
    if (node === 'numbers') return key === '__proto__' ? undefined : 'numbers'
    return typeof node === 'object' && Object.hasOwn(node, key) ? (Reflect.get(node, key) as Selection) : undefined
  }

  #readString(bytes: Uint8Array, at: number): number {
    const next = this.#string.read(bytes, at)
    if (!this.#string.isOver) return next
    if (this.#isKey) {
      const node = this.#nodes.at(-1)
      const isRecord = typeof node === 'object' && !Array.isArray(node)
      this.#key = (isRecord ? this.#string.nameIn(namesOf(node)) : this.#string.text) ?? ''
      this.#node = this.#memberNode(this.#key)
      this.#state = 'colon'
    } else {
      this.#assign(this.#stringValue())
      this.#state = this.#stateAfterValue()
    }
    return next
  }

  #stringValue(): unknown {
    const { text, byteLength } = this.#string
    switch (this.#node) {
      case 'text':
        return text
      case 'number':
        return toNumber(text)
      case 'bytes':
        return byteLength
      case 'items':
        return 1
      case 'present':
        return byteLength > 0
      default:
        return undefined
    }
  }

  #readScalar(bytes: Uint8Array, at: number): number {
    let next = at
    for (; next < bytes.length; next++) {
      const byte = bytes[next] ?? 0
      if (!isScalarByte(byte)) break
      if (this.#scalar.length < MAX_SCALAR) this.#scalar += String.fromCharCode(byte)
    }
    if (next < bytes.length) this.#endScalar()
    return next
  }

  #endScalar(): void {
    this.#assign(scalarValue(this.#scalar, this.#node))
    this.#state = isScalar(this.#scalar) ? this.#stateAfterValue() : 'invalid'
  }

  #skipContainer(bytes: Uint8Array, at: number): number {
    for (let next = at; next < bytes.length; next++) {
      const byte = bytes[next] ?? 0
      if (byte <= 0x20) continue
      if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
        if (--this.#skipDepth > 0) continue
        this.#endSkipped()
        return next + 1
      }
      this.#skipHasValue = true
      if (byte === COMMA) {
        if (this.#skipDepth === 1 && this.#skipCount >= 0) this.#skipCount++
      } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) this.#skipDepth++
      else if (byte === QUOTE) {
        this.#string.begin('bytes')
        this.#state = 'skipped string'
        return next + 1
      }
    }
    return bytes.length
  }

  #skipString(bytes: Uint8Array, at: number): number {
    const next = this.#string.read(bytes, at)
    if (this.#string.isOver) this.#state = 'skipped container'
    return next
  }

  #endSkipped(): void {
    if (this.#node === 'items') this.#assign(this.#skipCount < 0 ? 1 : this.#skipCount + (this.#skipHasValue ? 1 : 0))
    else if (this.#node === 'present') this.#assign(this.#skipHasValue)
    else this.#assign(undefined)
    this.#state = this.#stateAfterValue()
  }

  #close(): State {
    this.#nodes.pop()
    this.#containers.pop()
    return this.#stateAfterValue()
  }

  #stateAfterValue(): State {
    return this.#containers.length === 0 ? 'done' : 'after value'
  }

  #assign(value: unknown): void {
    const container = this.#containers.at(-1)
    if (container === undefined) this.#value = value
    else if (Array.isArray(container)) {
      if (container.length < MAX_ELEMENTS) container.push(value)
    } else if (value !== undefined) container[this.#key] = value
    // Of a repeated member, the last value counts.
    else if (this.#node !== undefined && Object.hasOwn(container, this.#key)) delete container[this.#key]
  }
}
