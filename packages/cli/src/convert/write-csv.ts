import { timeOf } from '../lines/activity-record.js'
import type { CommandIo } from '../terminal/io.js'
import { formatCsv } from '../terminal/table.js'
import { fieldColumns, valueIn } from './columns.js'
import type { ConvertOptions, RecordSource } from './convert-options.js'

/** Writes one row per record: time, event, user and the fields. */
export async function writeCsv(source: RecordSource, options: ConvertOptions, io: CommandIo): Promise<void> {
  const columns = await fieldColumns(source, options, false)
  await io.out(formatCsv(['time', 'event', 'user', ...columns.map(({ name }) => name)], []))
  for await (const records of source.read(columns.map(({ field }) => field))) {
    const rows = records.map((record) => {
      const time = timeOf(record)
      const values = columns.map((column) => String(valueIn(record, column) ?? ''))
      return [time === undefined ? '' : new Date(time).toISOString(), record.event, record.user ?? '', ...values]
    })
    if (rows.length > 0) await io.out(formatCsv(undefined, rows))
  }
}
