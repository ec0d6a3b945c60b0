import { UsageError } from '../terminal/io.js'
import { type ActivityRecord, timeOf } from './activity-record.js'

/** Options that select records. */
export interface FilterOptions {
  readonly event?: readonly string[]
  readonly user?: string
  readonly where?: readonly string[]
  readonly since?: string
  readonly until?: string
}

/**
 * Creates a filter of records. `user` is a part of the name, `where` are `field=value` and `field!=value`. Times are
 * ISO 8601 or ages such as `90s`, `15m`, `2h`, `7d`; with a time, records without one are excluded.
 * @throws UsageError for an invalid option
 */
export function createRecordFilter(options: FilterOptions, nowMs: number): (record: ActivityRecord) => boolean {
  const { event, user } = options
  const tests: ((record: ActivityRecord) => boolean)[] = []
  if (event !== undefined && event.length > 0) tests.push((record) => event.includes(record.event))
  if (user !== undefined) {
    const part = user.toLowerCase()
    tests.push((record) => (record.user ?? 'unknown').toLowerCase().includes(part))
  }
  for (const text of options.where ?? []) tests.push(parseCondition(text))
  if (options.since !== undefined || options.until !== undefined) {
    const since = options.since === undefined ? Number.NEGATIVE_INFINITY : parseTime(options.since, nowMs)
    const until = options.until === undefined ? Number.POSITIVE_INFINITY : parseTime(options.until, nowMs)
    tests.push((record) => {
      const time = timeOf(record)
      return time !== undefined && time >= since && time < until
    })
  }
  return (record) => tests.every((test) => test(record))
}

/** The fields that the filter reads. */
export function fieldsOfFilter({ where = [] }: FilterOptions): readonly string[] {
  return where.map((text) => CONDITION.exec(text)?.[1] ?? '')
}

const CONDITION = /^([a-z][a-z0-9_]*)(!?)=(.*)$/s

function parseCondition(text: string): (record: ActivityRecord) => boolean {
  const [, field = '', not, value = ''] = CONDITION.exec(text) ?? []
  if (field === '') throw new UsageError(`--where ${text}: write field=value or field!=value`)
  return ({ fields }) => (Object.hasOwn(fields, field) && String(fields[field]) === value) !== (not === '!')
}

const unitMs: { readonly [unit: string]: number } = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function parseTime(text: string, nowMs: number): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? []
  if (count !== undefined) return nowMs - Number(count) * (unitMs[unit] ?? 0)
  const time = Date.parse(text)
  if (Number.isNaN(time))
    throw new UsageError(`${text} is not a time: write 2026-01-28T09:30:00Z, or an age such as 15m, 2h, 7d`)
  return time
}
