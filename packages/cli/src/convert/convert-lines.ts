import type { ActivityRecord } from '../lines/activity-record.js'
import { readRecords } from '../lines/read-records.js'
import type { FilterOptions } from '../lines/record-filter.js'
import { type CommandIo, exitCodes } from '../terminal/io.js'
import { writeCsv } from './write-csv.js'
import { writeOpenMetrics } from './write-openmetrics.js'
import { writeOtlp } from './write-otlp.js'

/** Options of `quipu convert`. */
export interface ConvertOptions extends FilterOptions {
  readonly to: 'openmetrics' | 'otlp' | 'csv'
  readonly by: readonly string[]
  readonly value?: string
  /** Seconds between samples. */
  readonly step: number
  readonly fields?: readonly string[]
  readonly endpoint?: string
}

/** The input of a conversion. */
export interface RecordSource {
  /** Whether `read` can be called again: standard input cannot. */
  readonly canRepeat: boolean
  read(): AsyncIterable<readonly ActivityRecord[]>
}

const writers = { openmetrics: writeOpenMetrics, otlp: writeOtlp, csv: writeCsv }

/** Writes the records of files in another format. */
export async function convertLines(files: readonly string[], options: ConvertOptions, io: CommandIo): Promise<number> {
  const source: RecordSource = {
    canRepeat: files.length > 0 && !files.includes('-'),
    read: () => readRecords(files, options, io),
  }
  await writers[options.to](source, options, io)
  return exitCodes.ok
}
