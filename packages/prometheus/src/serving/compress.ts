import type { Transform } from 'node:stream'
import type { OnPiece } from '../writing/page-output.js'
import type { ContentCoding } from './negotiate.js'
import { nodeBuiltin } from './node-builtin.js'

/** Smaller bodies do not benefit from compression. */
export const MIN_COMPRESSED_BYTES = 1024
/** Output size of a compressor's chunks. */
const CHUNK_BYTES = 1 << 16

/** Returns the content codings of this runtime, the best first: zstd if Node has it, and gzip. */
export function availableCodings(): readonly ContentCoding[] {
  const zlib = nodeBuiltin('node:zlib')
  const hasGzip = zlib !== undefined || typeof CompressionStream === 'function'
  return [...(zstdOf(zlib) === undefined ? [] : ['zstd' as const]), ...(hasGzip ? ['gzip' as const] : [])]
}

/** Compresses a body piece by piece. */
export interface Compressor {
  /** Resolves when the piece was read and its memory can be reused. */
  readonly take: OnPiece
  /** Resolves to the whole body, after the last piece. */
  end(): Promise<readonly Uint8Array[]>
  /** Cancels the compression. */
  destroy(): void
}

/**
 * Creates a compressor for a coding of `availableCodings`. In Node it runs outside the main thread. Level 1: a page is
 * so repetitive that a higher level takes four times as long for a sixth less.
 */
export function createCompressor(coding: Exclude<ContentCoding, 'identity'>): Compressor {
  const zlib = nodeBuiltin('node:zlib')
  const createZstd = coding === 'zstd' ? zstdOf(zlib) : undefined
  if (createZstd !== undefined) return throughNode(createZstd({ chunkSize: CHUNK_BYTES }))
  if (zlib !== undefined) return throughNode(zlib.createGzip({ level: 1, chunkSize: CHUNK_BYTES }))
  return throughWeb(new CompressionStream('gzip'))
}

/** Compresses a body. */
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

/** Available since Node 22.15 and 23.8. */
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
    // A stream may keep a piece after the write has settled.
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
