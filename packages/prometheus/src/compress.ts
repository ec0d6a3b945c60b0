import type { Transform } from 'node:stream'
import type { ContentCoding } from './negotiate.js'
import { builtin } from './node-builtin.js'

/** Bodies below this gain nothing by being compressed. */
export const LEAST_COMPRESSED_BYTES = 1024
/** What a compressor gives at once. */
const CHUNK_BYTES = 1 << 16

/** The codings that can be made here, the best first: zstd where Node has it, gzip anywhere. */
export function availableCodings(): readonly ContentCoding[] {
  const zlib = builtin('node:zlib')
  const hasGzip = zlib !== undefined || typeof CompressionStream === 'function'
  return [...(zstdOf(zlib) === undefined ? [] : ['zstd' as const]), ...(hasGzip ? ['gzip' as const] : [])]
}

/**
 * A body's bytes in a coding, made outside the main thread where Node does it. Level 1: a page has so much repetition
 * that a higher level takes four times as long for a sixth less.
 */
export async function compress(pieces: readonly Uint8Array[], coding: ContentCoding): Promise<readonly Uint8Array[]> {
  if (coding === 'identity') return pieces
  const zlib = builtin('node:zlib')
  if (coding === 'zstd') {
    const createZstd = zstdOf(zlib)
    return createZstd === undefined ? pieces : through(createZstd({ chunkSize: CHUNK_BYTES }), pieces)
  }
  if (zlib !== undefined) return through(zlib.createGzip({ level: 1, chunkSize: CHUNK_BYTES }), pieces)
  return throughWebStream(pieces)
}

type CreateZstd = (options: { chunkSize: number }) => Transform

/** From Node 22.15 and 23.8 on. */
function zstdOf(zlib: object | undefined): CreateZstd | undefined {
  const create: unknown = zlib === undefined ? undefined : Reflect.get(zlib, 'createZstdCompress')
  return typeof create === 'function' ? (options) => create(options) : undefined
}

function through(stream: Transform, pieces: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
  return new Promise((resolve, reject) => {
    const compressed: Uint8Array[] = []
    stream.on('data', (chunk: Uint8Array) => compressed.push(chunk))
    stream.once('end', () => resolve(compressed))
    stream.once('error', reject)
    const rest = pieces[Symbol.iterator]()
    const write = (): void => {
      for (let next = rest.next(); next.done !== true; next = rest.next()) {
        if (!stream.write(next.value)) {
          stream.once('drain', write)
          return
        }
      }
      stream.end()
    }
    write()
  })
}

async function throughWebStream(pieces: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
  const compressor = new CompressionStream('gzip')
  const writer = compressor.writable.getWriter()
  const written = (async () => {
    for (const piece of pieces) await writer.write(piece.slice())
    await writer.close()
  })()
  const compressed: Uint8Array[] = []
  const reader = compressor.readable.getReader()
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) compressed.push(chunk.value)
  await written
  return compressed
}
