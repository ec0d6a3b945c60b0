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

/** A table of groups: the keys, then the figures. */
export interface GroupTable {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Counts the records of files by group. Torn lines are counted and reported, other lines skipped. */
export async function groupLines(files: readonly string[], options: QueryOptions, io: CommandIo): Promise<GroupTable> {
  const { by = ['event'], value, top } = options
  const groups = createGroups(by, value)
  const fields = value === undefined ? by : [...by, value]
  for await (const records of readRecords(files, options, io, fields)) {
    for (const record of records) groups.add(record)
  }
  const figures = ['count', ...(value === undefined ? [] : ['sum', 'mean', 'p50', 'p95', 'max'])]
  return { head: [...by, ...figures], rows: groups.sorted().slice(0, top).map(toRow) }
}

/** Prints the groups of files. */
export async function queryLines(files: readonly string[], options: QueryOptions, io: CommandIo): Promise<number> {
  const table = await groupLines(files, options, io)
  await io.out(format(table, options))
  return exitCodes.ok
}

function format({ head, rows }: GroupTable, { by = ['event'], json, csv }: QueryOptions): string {
  if (csv) return formatCsv(head, rows)
  if (!json) return formatTable(head, rows)
  return `${JSON.stringify(toObjects({ head, rows }, by.length))}\n`
}

/** Rows as objects; the columns after the keys are numbers, or null. */
export function toObjects(
  { head, rows }: GroupTable,
  keyCount: number,
): readonly { readonly [name: string]: unknown }[] {
  const cellOf = (cell: string, i: number) => (i < keyCount ? cell : cell === '' ? null : Number(cell))
  return rows.map((row) => Object.fromEntries(row.map((cell, i) => [head[i], cellOf(cell, i)])))
}

function toRow({ keys, count, value }: Group): readonly string[] {
  const cells = [...keys, String(count)]
  if (value === undefined) return cells
  if (value.count === 0) return [...cells, '', '', '', '', '']
  const { sum, sketch } = value
  const numbers = [sum, sum / value.count, sketch.quantile(0.5), sketch.quantile(0.95), sketch.max]
  return [...cells, ...numbers.map((number) => String(Number(number.toPrecision(6))))]
}
