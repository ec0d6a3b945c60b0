import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { createGunzip } from 'node:zlib'
import type { CommandIo } from '../terminal/io.js'

/** A longer line is not an activity line and is not stored. */
const MOST_CHARACTERS = 1_000_000
const CHUNK_BYTES = 1 << 16

/**
 * Yields all lines of files, one file after the other, in batches. `-`, or no file, is standard input. Files that end
 * in `.gz` are unpacked. Rejects if a file cannot be read.
 */
export async function* readLines(files: readonly string[], io: CommandIo): AsyncGenerator<readonly string[]> {
  for (const file of files.length === 0 ? ['-'] : files) {
    yield* splitLines(file === '-' ? io.stdin : openFile(resolve(io.cwd, file)))
  }
}

function openFile(path: string): AsyncIterable<Uint8Array> {
  const bytes = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  if (!path.endsWith('.gz')) return bytes
  const gunzip = createGunzip()
  // `pipe` does not forward errors.
  bytes.on('error', (error) => gunzip.destroy(error))
  return bytes.pipe(gunzip)
}

/** Lines of a stream of UTF-8 bytes, in batches. */
export async function* splitLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MOST_CHARACTERS) rest = ''
    yield lines
  }
  rest += decoder.decode()
  if (rest !== '') yield [rest]
}
