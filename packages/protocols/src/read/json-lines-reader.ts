import { JsonReader } from './json-reader.js'
import { LineReader, type LineTarget } from './line-reader.js'
import type { Selected, Selection } from './selection.js'

/** Reads a stream of JSON documents, one per line. It stores no text. Never throws. */
export class JsonLinesReader<const S extends Selection> implements LineTarget {
  readonly #json: JsonReader<S>
  readonly #lines = new LineReader(this)
  readonly #onValue: (value: Selected<S>) => void
  readonly #onInvalid: () => void

  /** @param onInvalid receives that a line is not a JSON document */
  constructor(selection: S, onValue: (value: Selected<S>) => void, onInvalid: () => void = () => undefined) {
    this.#json = new JsonReader(selection)
    this.#onValue = onValue
    this.#onInvalid = onInvalid
  }

  write(bytes: Uint8Array): void {
    this.#lines.write(bytes)
  }

  piece(bytes: Uint8Array, from: number, to: number): void {
    this.#json.write(bytes, from, to)
  }

  /** Ends the line. Also call it at the end of the stream, because the last line may have no end. */
  end(): void {
    this.#json.end()
    const { value, isInvalid } = this.#json
    this.#json.reset()
    if (value !== undefined) this.#onValue(value)
    else if (isInvalid) this.#onInvalid()
  }
}
