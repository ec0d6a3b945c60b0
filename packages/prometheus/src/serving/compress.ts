import type { Transform } from 'node:stream'
import type { TakePiece } from '../writing/page-output.js'
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

/** Compresses a body piece by piece. */
export interface Compressor {
  /** Settles when the piece is read, and its memory free. */
  readonly take: TakePiece
  /** The whole body, when the last piece is taken. */
  end(): Promise<readonly Uint8Array[]>
  /** Gives up. */
  destroy(): void
}

/**
 * A compressor for a coding that `availableCodings` names, outside the main thread where Node does it. Level 1: a page has
 * so much repetition that a higher level takes four times as long for a sixth less.
 */
export function createCompressor(coding: Exclude<ContentCoding, 'identity'>): Compressor {
  const zlib = builtin('node:zlib')
  const createZstd = coding === 'zstd' ? zstdOf(zlib) : undefined
  if (createZstd !== undefined) return throughNode(createZstd({ chunkSize: CHUNK_BYTES }))
  if (zlib !== undefined) return throughNode(zlib.createGzip({ level: 1, chunkSize: CHUNK_BYTES }))
  return throughWeb(new CompressionStream('gzip'))
}

/** A body's bytes in a coding. */
export async function compress(pieces: readonly Uint8Array[], coding: ContentCoding): Promise<readonly Uint8Array[]> {
  if (coding === 'identity') return pieces
  const compressor = createCompressor(coding)
  try {
    for (const piece of pieces) await compressor.take(piece)
    return await compressor.end()
  } finally {
    compressor.destroy()
  }
}

type CreateZstd = (options: { chunkSize: number }) => Transform

/** From Node 22.15 and 23.8 on. */
function zstdOf(zlib: object | undefined): CreateZstd | undefined {
  const create: unknown = zlib === undefined ? undefined : Reflect.get(zlib, 'createZstdCompress')
  return typeof create === 'function' ? (options) => create(options) : undefined
}

function throughNode(stream: Transform): Compressor {
  const compressed: Uint8Array[] = []
  const ended = new Promise<readonly Uint8Array[]>((resolve, reject) => {
    stream.on('data', (chunk: Uint8Array) => compressed.push(chunk))
    stream.once('end', () => resolve(compressed))
    stream.once('error', reject)
  })
  ended.catch(() => undefined)
  return {
    take: (piece) =>
      new Promise((resolve, reject) => {
        stream.write(piece, (error) => (error ? reject(error) : resolve()))
      }),
    end() {
      stream.end()
      return ended
    },
    destroy: () => void stream.destroy(),
  }
}

function throughWeb({ readable, writable }: CompressionStream): Compressor {
  const writer = writable.getWriter()
  const ended = collect(readable)
  ended.catch(() => undefined)
  return {
    // A stream may hold a piece after it has settled the write.
    take: (piece) => writer.write(piece.slice()),
    async end() {
      await writer.close()
      return ended
    },
    destroy: () => void writer.abort().catch(() => undefined),
  }
}

async function collect(readable: ReadableStream<Uint8Array>): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = []
  const reader = readable.getReader()
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) chunks.push(chunk.value)
  return chunks
}
