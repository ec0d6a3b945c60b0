import type { PageFormat } from './format.js'
import { asciiBytes } from './utf8.js'

/** A rendered page. Later pages share its pieces, so they must not be modified. */
export interface RenderedPage {
  readonly contentType: string
  readonly pieces: readonly Uint8Array[]
  readonly byteLength: number
  /** The page as a string. Meaningless for protobuf. */
  text(): string
}

/** End of an OpenMetrics page. */
export const END_OF_OPENMETRICS: Uint8Array = asciiBytes('# EOF\n')
/** Smaller pieces are joined, because each piece has a fixed cost for a socket or compressor. */
const MIN_PIECE_BYTES = 1 << 14

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

/** Returns the same bytes in fewer pieces; large pieces are not copied. */
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
    if (piece.length >= MIN_PIECE_BYTES || length >= MIN_PIECE_BYTES) flush()
    if (piece.length >= MIN_PIECE_BYTES) joined.push(piece)
    else {
      small.push(piece)
      length += piece.length
    }
  }
  flush()
  return joined
}

/** Joins pieces with a total size of `length`. */
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
