import { readRecords } from '../lines/read-records.js'
import { type CommandIo, exitCodes } from '../terminal/io.js'
import type { ConvertOptions, RecordSource } from './convert-options.js'
import { writeCsv } from './write-csv.js'
import { writeOpenMetrics } from './write-openmetrics.js'
import { writeOtlp } from './write-otlp.js'

const writers = { openmetrics: writeOpenMetrics, otlp: writeOtlp, csv: writeCsv }

/** Writes the records of files in another format. */
export async function convertLines(files: readonly string[], options: ConvertOptions, io: CommandIo): Promise<number> {
  const source: RecordSource = {
    canRepeat: files.length > 0 && !files.includes('-'),
    read: (fields) => readRecords(files, options, io, fields),
  }
  await writers[options.to](source, options, io)
  return exitCodes.ok
}
