import type { CommandIo } from '../terminal/io.js'
import type { ActivityRecord } from './activity-record.js'
import { readBlocks } from './read-blocks.js'
import { createRecordFilter, type FilterOptions, fieldsOfFilter } from './record-filter.js'
import { createRecordScanner } from './scan-records.js'

/**
 * Yields the records of files that pass the filter, in batches. Lines of other programs are skipped; torn lines are
 * counted, and reported at the end.
 *
 * @param fields the fields that the caller reads; without it, all
 */
export async function* readRecords(
  files: readonly string[],
  options: FilterOptions,
  io: CommandIo,
  fields?: readonly string[],
): AsyncGenerator<readonly ActivityRecord[]> {
  const isWanted = createRecordFilter(options, Date.now())
  const scan = createRecordScanner(fields && new Set([...fields, ...fieldsOfFilter(options)]))
  let torn = 0
  for await (const block of readBlocks(files, io)) {
    const records: ActivityRecord[] = []
    torn += scan(block, (record) => {
      if (isWanted(record)) records.push(record)
    })
    yield records
  }
  if (torn > 0) io.err(`${torn} lines have [METRIC] and are not readable`)
}
