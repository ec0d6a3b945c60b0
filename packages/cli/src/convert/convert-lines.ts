import { readRecords } from '../lines/read-records.js'
import { type CommandIo, exitCodes } from '../terminal/io.js'
import type { ConvertOptions, RecordSource } from './convert-options.js'

/** The code of a format is loaded on first use. */
const writers = {
  openmetrics: async () => (await import('./write-openmetrics.js')).writeOpenMetrics,
  otlp: async () => (await import('./write-otlp.js')).writeOtlp,
  csv: async () => (await import('./write-csv.js')).writeCsv,
  parquet: async () => (await import('./write-parquet.js')).writeParquet,
}

/** Writes the records of files in another format. */
export async function convertLines(files: readonly string[], options: ConvertOptions, io: CommandIo): Promise<number> {
  const source: RecordSource = {
    canRepeat: files.length > 0 && !files.includes('-'),
    read: (fields) => readRecords(files, options, io, fields),
  }
  const write = await writers[options.to]()
  await write(source, options, io)
  return exitCodes.ok
}
