import { resolve } from 'node:path'
import { fileWriter, ParquetWriter } from 'hyparquet-writer'
import { type ActivityRecord, timeOf } from '../lines/activity-record.js'
import { type CommandIo, UsageError } from '../terminal/io.js'
import { type FieldColumn, fieldColumns, valueIn } from './columns.js'
import type { ConvertOptions, RecordSource } from './convert-options.js'

const RECORDS_A_GROUP = 50_000

/**
 * Writes a Parquet file: `time` is a timestamp, a field whose values are all numbers is a DOUBLE, everything else is text.
 * A missing value is null.
 */
export async function writeParquet(source: RecordSource, options: ConvertOptions, io: CommandIo): Promise<void> {
  if (options.out === undefined) throw new UsageError('parquet is not text: name a file with --out')
  const fields = await fieldColumns(source, options, true)
  const writer = new ParquetWriter({
    writer: fileWriter(resolve(io.cwd, options.out)),
    schema: [{ name: 'root', num_children: 3 + fields.length }, ...schemaOf(fields)],
    createdBy: 'quipu',
  })
  let waiting: ActivityRecord[] = []
  let count = 0
  const flush = async () => {
    if (waiting.length > 0) await writer.write({ columnData: dataOf(waiting, fields), rowGroupSize: RECORDS_A_GROUP })
    count += waiting.length
    waiting = []
  }
  for await (const records of source.read(fields.map(({ field }) => field))) {
    for (const record of records) {
      waiting.push(record)
      if (waiting.length === RECORDS_A_GROUP) await flush()
    }
  }
  await flush()
  await writer.finish()
  io.err(`${count} rows`)
}

function schemaOf(fields: readonly FieldColumn[]): ParquetWriter['schema'] {
  return [
    { name: 'time', type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'OPTIONAL' },
    textColumn('event'),
    textColumn('user'),
    ...fields.map(({ name, isNumeric }): ParquetWriter['schema'][number] =>
      isNumeric ? { name, type: 'DOUBLE', repetition_type: 'OPTIONAL' } : textColumn(name),
    ),
  ]
}

function textColumn(name: string): ParquetWriter['schema'][number] {
  return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }
}

function dataOf(records: readonly ActivityRecord[], fields: readonly FieldColumn[]) {
  return [
    { name: 'time', data: records.map(toDate) },
    { name: 'event', data: records.map(({ event }) => event) },
    { name: 'user', data: records.map(({ user }) => user) },
    ...fields.map((column) => ({ name: column.name, data: records.map((record) => cellOf(record, column)) })),
  ]
}

function toDate(record: ActivityRecord): Date | null {
  const time = timeOf(record)
  return time === undefined ? null : new Date(time)
}

function cellOf(record: ActivityRecord, column: FieldColumn): string | number | null {
  const value = valueIn(record, column)
  if (value === undefined) return null
  return column.isNumeric ? Number(value) : String(value)
}
