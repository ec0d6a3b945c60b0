import { type CommandIo, exitCodes } from '../terminal/io.js'
import { formatCsv, formatTable } from '../terminal/table.js'
import { createGroups, type Group } from './groups.js'
import { readRecords } from './read-records.js'
import type { FilterOptions } from './record-filter.js'

/** Options of `quipu query`. */
export interface QueryOptions extends FilterOptions {
  readonly by?: readonly string[]
  readonly value?: string
  readonly top?: number
  readonly json?: boolean
  readonly csv?: boolean
}

/**
 * Counts the records of files by group and prints a table. Torn lines are counted and reported, other lines skipped.
 */
export async function queryLines(files: readonly string[], options: QueryOptions, io: CommandIo): Promise<number> {
  const by = options.by ?? ['event']
  const groups = createGroups(by, options.value)
  const fields = options.value === undefined ? by : [...by, options.value]
  for await (const records of readRecords(files, options, io, fields)) {
    for (const record of records) groups.add(record)
  }
  const rows = groups.sorted().slice(0, options.top)
  await io.out(format(by, rows, options))
  return exitCodes.ok
}

function format(by: readonly string[], groups: readonly Group[], { value, json, csv }: QueryOptions): string {
  const head = [...by, 'count', ...(value === undefined ? [] : ['sum', 'mean', 'p50', 'p95', 'max'])]
  const rows = groups.map(toRow)
  if (csv) return formatCsv(head, rows)
  if (!json) return formatTable(head, rows)
  const isNumber = (i: number) => i >= by.length
  const objects = rows.map((row) =>
    Object.fromEntries(row.map((cell, i) => [head[i], isNumber(i) ? (cell === '' ? null : Number(cell)) : cell])),
  )
  return `${JSON.stringify(objects)}\n`
}

function toRow({ keys, count, value }: Group): readonly string[] {
  const cells = [...keys, String(count)]
  if (value === undefined) return cells
  if (value.count === 0) return [...cells, '', '', '', '', '']
  const { sum, max, sketch } = value
  const numbers = [sum, sum / value.count, sketch.quantile(0.5), sketch.quantile(0.95), max]
  return [...cells, ...numbers.map((number) => String(Number(number.toPrecision(6))))]
}
