import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
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
  // Parquet is not text, and its library writes the file.
  if (options.out === undefined || options.to === 'parquet') await write(source, options, io)
  else {
    const file = await open(resolve(io.cwd, options.out), 'w')
    try {
      await write(source, options, { ...io, out: (text) => file.appendFile(text) })
    } finally {
      await file.close()
    }
  }
  return exitCodes.ok
}
