import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { readActivityLine } from '../lines/activity-record.js'
import { followFile } from '../lines/follow-file.js'
import { readLines, splitLines } from '../lines/read-lines.js'
import type { CommandIo } from '../terminal/io.js'
import { createLineCounts } from './line-counts.js'
import { createRecentLines } from './recent-lines.js'
import type { StudioSource } from './studio-source.js'

/**
 * Serves the [METRIC] lines of a growing file, or of standard input (`-`).
 * Rejects if the file cannot be read.
 */
export async function createLineSource(file: string, io: CommandIo, signal: AbortSignal): Promise<StudioSource> {
  const path = resolve(io.cwd, file)
  if (file !== '-') await stat(path)
  const counts = createLineCounts()
  const recent = createRecentLines()
  const take = async (batches: AsyncIterable<readonly string[]>): Promise<void> => {
    for await (const lines of batches) {
      for (const line of lines) {
        const record = readActivityLine(line)
        if (record === null || record === undefined) continue
        counts.add(record)
        recent.add(record.line)
      }
    }
  }
  const source = file === '-' || file.endsWith('.gz') ? readLines([file], io) : splitLines(followFile(path, 0, signal))
  // After a later failure, the lines already read stay.
  take(source).catch((error: unknown) => io.err(`quipu: ${error instanceof Error ? error.message : String(error)}`))
  return {
    name: file === '-' ? 'standard input' : file,
    pages: {},
    documents: {
      '/custom_metrics': {
        read: () => ({ body: counts.page(), headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } }),
      },
      ...recent.documents,
    },
    close: async () => undefined,
  }
}
