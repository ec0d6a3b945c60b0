import { timeOf } from '../lines/activity-record.js'
import { type CommandIo, UsageError } from '../terminal/io.js'
import { formatCsv } from '../terminal/table.js'
import type { ConvertOptions, RecordSource } from './convert-options.js'

/** Writes one row a record: time, event, user and the fields. Without `fields`, the input is read twice. */
export async function writeCsv(source: RecordSource, options: ConvertOptions, io: CommandIo): Promise<void> {
  const fields = options.fields ?? (await findFields(source))
  await io.out(formatCsv(['time', 'event', 'user', ...fields], []))
  for await (const records of source.read(fields)) {
    const rows = records.map((record) => {
      const time = timeOf(record)
      const values = fields.map((name) => (Object.hasOwn(record.fields, name) ? String(record.fields[name]) : ''))
      return [time === undefined ? '' : new Date(time).toISOString(), record.event, record.user ?? '', ...values]
    })
    if (rows.length > 0) await io.out(formatCsv(undefined, rows))
  }
}

async function findFields(source: RecordSource): Promise<readonly string[]> {
  if (!source.canRepeat) throw new UsageError('standard input is read once: name the columns with --fields')
  const names = new Set<string>()
  for await (const records of source.read()) {
    for (const { fields } of records) for (const name of Object.keys(fields)) names.add(name)
  }
  return [...names].sort()
}
