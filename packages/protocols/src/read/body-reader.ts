import { Base64Reader } from './base64-reader.js'
import type { ChunkTarget } from './chunk-target.js'
import { FrameReader } from './frame-reader.js'
import { JsonReader } from './json-reader.js'
import { MultipartReader } from './multipart-reader.js'
import type { Selected, Selection } from './selection.js'

/** Reads a body that arrives in pieces. */
export interface BodyReader {
  write(bytes: Uint8Array): void
  end(): void
}

/** Reads one JSON document; `onValue` gets undefined if it is not one. */
export class DocumentReader<const S extends Selection> implements BodyReader {
  readonly #json: JsonReader<S>
  readonly #onValue: (value: Selected<S> | undefined) => void

  constructor(selection: S, onValue: (value: Selected<S> | undefined) => void) {
    this.#json = new JsonReader(selection)
    this.#onValue = onValue
  }

  write(bytes: Uint8Array): void {
    this.#json.write(bytes)
  }

  end(): void {
    this.#json.end()
    this.#onValue(this.#json.value)
  }
}

/** Reads the fields of a form (RFC 7578). */
export function openForm<S extends Selection>(
  selection: S,
  contentType: string,
  onValue: (value: Selected<S>) => void,
): BodyReader {
  const reader = new MultipartReader(selection, contentType)
  return { write: (bytes) => reader.write(bytes), end: () => onValue(reader.value as Selected<S>) }
}

/** Reads AWS' binary frames, whose payload is JSON, or JSON with JSON in Base64. */
export function openFrames<S extends Selection>(selection: S, target: ChunkTarget<S>): BodyReader {
  const plain = new JsonReader(selection)
  const wrapped = new JsonReader(selection)
  const base64 = new Base64Reader((bytes) => wrapped.write(bytes))
  const reader = new FrameReader({
    payload(bytes) {
      plain.write(bytes)
      base64.write(bytes)
    },
    frame(type) {
      plain.end()
      wrapped.end()
      const value = wrapped.value ?? plain.value
      if (value !== undefined) target.chunk(value, type)
      plain.reset()
      wrapped.reset()
      base64.reset()
    },
    invalid: () => target.invalid(),
  })
  return { write: (bytes) => reader.write(bytes), end: () => undefined }
}
