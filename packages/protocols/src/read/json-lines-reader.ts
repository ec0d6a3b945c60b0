import type { ChunkTarget } from './chunk-target.js'
import { JsonReader } from './json-reader.js'
import { LineReader, type LineTarget } from './line-reader.js'
import type { Selection } from './selection.js'

/** Reads a stream of JSON documents, one per line. It stores no text. Never throws. */
export class JsonLinesReader<const S extends Selection> implements LineTarget {
  readonly #json: JsonReader<S>
  readonly #lines = new LineReader(this)
  readonly #target: ChunkTarget<S>

  constructor(selection: S, target: ChunkTarget<S>) {
    this.#json = new JsonReader(selection)
    this.#target = target
  }

  write(bytes: Uint8Array): void {
    this.#lines.write(bytes)
  }

  piece(bytes: Uint8Array, from: number, to: number): void {
    this.#json.write(bytes, from, to)
  }

  /** The last line may have no end. */
  end(): void {
    this.lineEnd()
  }

  lineEnd(): void {
    this.#json.end()
    const { value, isInvalid } = this.#json
    this.#json.reset()
    if (value !== undefined) this.#target.chunk(value, undefined)
    else if (isInvalid) this.#target.invalid()
  }
}
