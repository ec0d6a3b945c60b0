import type { CommandIo } from '../terminal/io.js'
import { readBlocks, toBlocks } from './read-blocks.js'

/**
 * Yields all lines of files, one file after the other, in batches. `-`, or no file, is standard input. Files that end
 * in `.gz` are unpacked. Rejects if a file cannot be read.
 */
export async function* readLines(files: readonly string[], io: CommandIo): AsyncGenerator<readonly string[]> {
  for await (const block of readBlocks(files, io)) yield linesOf(block)
}

/** Lines of a stream of UTF-8 bytes, in batches. */
export async function* splitLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  for await (const block of toBlocks(source)) yield linesOf(block)
}

function linesOf(block: Buffer): readonly string[] {
  const lines = block.toString('utf8').split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
