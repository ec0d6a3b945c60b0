import { Base64Reader } from './base64-reader.js'
import { EventReader } from './event-reader.js'
import { FrameReader } from './frame-reader.js'
import { JsonLinesReader } from './json-lines-reader.js'
import { JsonReader } from './json-reader.js'
import { MultipartReader } from './multipart-reader.js'
import type { Selected, Selection } from './selection.js'

/** Reads a body that arrives in pieces. */
export interface BodyReader {
  write(bytes: Uint8Array): void
  end(): void
}

/** Receives the chunks of a stream. */
export interface ChunkTarget<S extends Selection> {
  chunk(value: Selected<S>, name: string | undefined): void
  /** The stream has said that it is complete. */
  done(): void
  /** A chunk is not JSON, or a frame is damaged. */
  invalid(): void
}

/** Reads one JSON document; `onValue` gets undefined if it is not one. */
export function openDocument<S extends Selection>(
  selection: S,
  onValue: (value: Selected<S> | undefined) => void,
): BodyReader {
  const reader = new JsonReader(selection)
  return {
    write: (bytes) => reader.write(bytes),
    end() {
      reader.end()
      onValue(reader.value)
    },
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

/** Reads server-sent events. */
export function openEvents<S extends Selection>(selection: S, { chunk, done, invalid }: ChunkTarget<S>): BodyReader {
  const reader = new EventReader(selection, { event: chunk, done, invalid })
  return { write: (bytes) => reader.write(bytes), end: () => undefined }
}

/** Reads a JSON document for each line. */
export function openLines<S extends Selection>(selection: S, { chunk, invalid }: ChunkTarget<S>): BodyReader {
  return new JsonLinesReader(selection, (value) => chunk(value, undefined), invalid)
}

/** Reads AWS' binary frames, whose payload is JSON, or JSON with JSON in Base64. */
export function openFrames<S extends Selection>(selection: S, { chunk, invalid }: ChunkTarget<S>): BodyReader {
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
      if (value !== undefined) chunk(value, type)
      plain.reset()
      wrapped.reset()
      base64.reset()
    },
    invalid,
  })
  return { write: (bytes) => reader.write(bytes), end: () => undefined }
}
