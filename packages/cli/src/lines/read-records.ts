import type { CommandIo } from '../terminal/io.js'
import { type ActivityRecord, readActivityLine } from './activity-record.js'
import { readLines } from './read-lines.js'
import { createFilter, type FilterOptions } from './record-filter.js'

/**
 * Yields the records of files that pass the filter, in batches. Lines of other programs are skipped; torn lines are
 * counted, and reported at the end.
 */
export async function* readRecords(
  files: readonly string[],
  options: FilterOptions,
  io: CommandIo,
): AsyncGenerator<readonly ActivityRecord[]> {
  const isWanted = createFilter(options, Date.now())
  let torn = 0
  for await (const lines of readLines(files, io)) {
    const records: ActivityRecord[] = []
    for (const line of lines) {
      const record = readActivityLine(line)
      if (record === null) torn++
      else if (record !== undefined && isWanted(record)) records.push(record)
    }
    yield records
  }
  if (torn > 0) io.say(`${torn} lines have [METRIC] and are not readable`)
}
