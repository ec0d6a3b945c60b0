import type { PageFormat } from './format.js'
import { asciiBytes } from './utf8.js'

/** A page as it goes out. Its pieces are shared with later pages: read them, never write to them. */
export interface RenderedPage {
  readonly contentType: string
  readonly pieces: readonly Uint8Array[]
  readonly byteLength: number
  /** The page as a string; for pages in protobuf it has no meaning. */
  text(): string
}

/** What an OpenMetrics page ends with. */
export const END_OF_OPENMETRICS: Uint8Array = asciiBytes('# EOF\n')
/** Pieces smaller than this are put together: a socket or a compressor has a price for each. */
const LEAST_PIECE = 1 << 14

export function renderedPage(format: PageFormat, families: readonly Uint8Array[]): RenderedPage {
  const pieces = joinSmall(format.language === 'openmetrics' ? [...families, END_OF_OPENMETRICS] : families)
  return {
    contentType: format.contentType,
    pieces,
    byteLength: pieces.reduce((sum, piece) => sum + piece.length, 0),
    text() {
      const decoder = new TextDecoder()
      return pieces.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode()
    },
  }
}

/** The same bytes in fewer pieces; large pieces are passed on as they are. */
function joinSmall(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  const joined: Uint8Array[] = []
  let small: Uint8Array[] = []
  let length = 0
  const flush = (): void => {
    if (length > 0) joined.push(concat(small, length))
    small = []
    length = 0
  }
  for (const piece of pieces) {
    if (piece.length >= LEAST_PIECE || length >= LEAST_PIECE) flush()
    if (piece.length >= LEAST_PIECE) joined.push(piece)
    else {
      small.push(piece)
      length += piece.length
    }
  }
  flush()
  return joined
}

/** One piece of many; `length` is the sum of theirs. */
function concat(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = pieces
  if (pieces.length === 1 && only !== undefined) return only
  const whole = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
