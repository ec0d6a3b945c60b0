import { LineReader, type LineTarget } from './line-reader.js'
import type { Selection } from './selection.js'

/** Maximum number of bytes of a line that are read: a part's header or a short value. */
const MAX_LINE = 256
const DASH = 0x2d

/**
 * Reads the selected fields of a form (`multipart/form-data`, RFC 7578) that arrives in pieces, as `text` or `flag`. It
 * stores nothing of the other parts, such as files and their names. Never throws.
 */
export class MultipartReader implements LineTarget {
  readonly #selection: { readonly [name: string]: Selection }
  readonly #delimiter: string
  readonly #lines = new LineReader(this)
  readonly #line = new Uint8Array(MAX_LINE)
  #length = 0
  #isHeader = false
  #name: string | undefined
  #value: Record<string, string | boolean> = {}

  constructor(selection: Selection, contentType: string) {
    this.#selection = typeof selection === 'object' && !Array.isArray(selection) ? Object(selection) : {}
    this.#delimiter = `--${/\bboundary="?([^";,]+)/i.exec(contentType)?.[1] ?? ''}`
  }

  /** The fields read so far. */
  get value(): { readonly [name: string]: string | boolean } {
    return this.#value
  }

  write(bytes: Uint8Array): void {
    this.#lines.write(bytes)
  }

  piece(bytes: Uint8Array, from: number, to: number): void {
    const room = Math.max(0, MAX_LINE - this.#length)
    if (room > 0) this.#line.set(bytes.subarray(from, Math.min(to, from + room)), this.#length)
    // Counted further, so that a truncated line is recognised.
    this.#length += to - from
  }

  lineEnd(): void {
    const isDelimiter = this.#line[0] === DASH && this.#text().startsWith(this.#delimiter)
    if (isDelimiter) this.#isHeader = true
    else if (this.#isHeader) this.#readHeader()
    else this.#readValue()
    if (isDelimiter) this.#name = undefined
    this.#length = 0
  }

  #readHeader(): void {
    if (this.#length === 0) {
      this.#isHeader = false
      return
    }
    const name = /^content-disposition:[^"]*;\s*name="([^"]*)"/i.exec(this.#text())?.[1]
    if (name !== undefined) this.#name = Object.hasOwn(this.#selection, name) ? name : undefined
  }

  #readValue(): void {
    if (this.#name === undefined || this.#length > MAX_LINE) return
    const leaf = this.#selection[this.#name]
    if (leaf === 'text') this.#value[this.#name] = this.#text()
    else if (leaf === 'flag') this.#value[this.#name] = this.#text() === 'true'
    // A value of several lines is not read.
    this.#name = undefined
  }

  #text(): string {
    return Buffer.from(this.#line.subarray(0, Math.min(this.#length, MAX_LINE))).toString()
  }
}
