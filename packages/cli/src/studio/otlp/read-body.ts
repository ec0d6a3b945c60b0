import type { Readable } from 'node:stream'

/** Maximum size of a request in bytes, uncompressed; larger ones are refused. */
export const MOST_BYTES = 16 << 20

/** Reads a stream to its end; undefined if it is too long. */
export async function readBody(stream: Readable): Promise<Buffer | undefined> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of stream) {
    length += piece.length
    if (length > MOST_BYTES) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
