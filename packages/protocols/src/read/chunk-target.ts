import type { Selected, Selection } from './selection.js'

/** Receives the chunks of a stream. */
export interface ChunkTarget<S extends Selection> {
  /** A chunk: its selected values, and its name, such as that of an event. */
  chunk(value: Selected<S>, name: string | undefined): void
  /** The stream has said that it is complete. */
  done(): void
  /** A chunk is not JSON, or a frame is damaged. */
  invalid(): void
}
