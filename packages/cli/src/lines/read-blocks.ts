import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createGunzip } from 'node:zlib'
import type { CommandIo } from '../terminal/io.js'

const NEWLINE = 0x0a
/** Maximum length of an activity line; longer lines are skipped. */
const MOST_LINE_BYTES = 1_000_000
const CHUNK_BYTES = 1 << 19

/**
 * Yields the bytes of files, one file after the other, in blocks of whole lines. `-`, or no file, is standard input.
 * Files that end in `.gz` are unpacked. A block is valid until the next one. Rejects if a file cannot be read.
 */
export async function* readBlocks(files: readonly string[], io: CommandIo): AsyncGenerator<Buffer> {
  for (const file of files.length === 0 ? ['-'] : files) {
    yield* toBlocks(file === '-' ? io.stdin : openFile(resolve(io.cwd, file)))
  }
}

/** Cuts a stream of bytes into blocks of whole lines. The last block may lack its newline. */
export async function* toBlocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  let isSkipping = false
  for await (const bytes of source) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const first = chunk.indexOf(NEWLINE)
    if (first < 0) {
      if (!isSkipping) rest = Buffer.concat([rest, chunk])
      if (rest.length > MOST_LINE_BYTES) {
        rest = Buffer.alloc(0)
        isSkipping = true
      }
      continue
    }
    if (!isSkipping && rest.length > 0) yield Buffer.concat([rest, chunk.subarray(0, first + 1)])
    const start = isSkipping || rest.length > 0 ? first + 1 : 0
    isSkipping = false
    const end = chunk.lastIndexOf(NEWLINE) + 1
    // Copied, because the source may write into the same memory again.
    rest = Buffer.from(chunk.subarray(end))
    if (end > start) yield chunk.subarray(start, end)
  }
  if (rest.length > 0) yield rest
}

function openFile(path: string): AsyncIterable<Uint8Array> {
  return path.endsWith('.gz') ? unpack(readChunks(path)) : readChunks(path)
}

/** Reads a file ahead into two alternating buffers. */
async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r')
  try {
    let [now, next] = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)]
    let reading = file.read(now, 0, CHUNK_BYTES, null)
    for (;;) {
      const { bytesRead } = await reading
      if (bytesRead === 0) return
      reading = file.read(next, 0, CHUNK_BYTES, null)
      // A failure is thrown by the next `await`.
      reading.catch(() => undefined)
      yield now.subarray(0, bytesRead)
      ;[now, next] = [next, now]
    }
  } finally {
    await file.close()
  }
}

async function* unpack(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip()
  const feed = async () => {
    for await (const chunk of packed) {
      // Copied, because the file is read into the same memory again.
      if (!gunzip.write(Buffer.from(chunk))) await new Promise((resolve) => gunzip.once('drain', resolve))
    }
    gunzip.end()
  }
  feed().catch((error: Error) => gunzip.destroy(error))
  yield* gunzip
}
