import { type ActivityRecord, timeOf } from './activity-record.js'
import { createQuantileSketch, type QuantileSketch } from './quantile-sketch.js'

/** Counts of one group. */
export interface Group {
  readonly keys: readonly string[]
  count: number
  readonly value?: GroupValue
}

/** Values of the chosen field in a group. */
export interface GroupValue {
  count: number
  sum: number
  readonly sketch: QuantileSketch
}

/** Counts records by keys and sums one of their fields. */
export interface Groups {
  add(record: ActivityRecord): void
  /** All groups, the largest first. */
  sorted(): readonly Group[]
}

/**
 * Creates groups by `event`, `user`, `day`, `hour` (both UTC) or a field name. A record without the field is in the
 * group of the empty value.
 */
export function createGroups(by: readonly string[], valueField: string | undefined): Groups {
  const all: Group[] = []
  const root: Branch = new Map()
  const keysOf = by.map(createKeyReader)
  // A tree of keys: looking up each string costs less than joining them.
  const groupOf = (record: ActivityRecord): Group => {
    let branch = root
    for (let i = 0; i < keysOf.length - 1; i++) {
      const key = keysOf[i]?.(record) ?? ''
      let next = branch.get(key)
      if (!(next instanceof Map)) {
        next = new Map()
        branch.set(key, next)
      }
      branch = next
    }
    const last = keysOf.at(-1)?.(record) ?? ''
    const known = branch.get(last)
    if (known !== undefined && !(known instanceof Map)) return known
    const keys = keysOf.map((key) => key(record))
    const group = { keys, count: 0, ...(valueField !== undefined && { value: emptyValue() }) }
    branch.set(last, group)
    all.push(group)
    return group
  }
  return {
    add(record) {
      const group = groupOf(record)
      group.count++
      if (valueField === undefined || group.value === undefined || !Object.hasOwn(record.fields, valueField)) return
      addValue(group.value, Number(record.fields[valueField]))
    },
    sorted: () => [...all].sort((a, b) => b.count - a.count || (a.keys.join() < b.keys.join() ? -1 : 1)),
  }
}

/** Groups by their last key, below branches by the keys before it. */
type Branch = Map<string, Branch | Group>

function emptyValue(): GroupValue {
  return { count: 0, sum: 0, sketch: createQuantileSketch() }
}

function addValue(value: GroupValue, number: number): void {
  if (!Number.isFinite(number)) return
  value.count++
  value.sum += number
  value.sketch.add(number)
}

/** Creates a function that returns a key of a record: `event`, `user`, `day`, `hour` or a field, as text. */
export function createKeyReader(name: string): (record: ActivityRecord) => string {
  if (name === 'event') return ({ event }) => event
  if (name === 'user') return ({ user }) => user ?? 'unknown'
  if (name === 'day') return createPeriodReader(86_400_000, 10)
  if (name === 'hour') return createPeriodReader(3_600_000, 13)
  return ({ fields }) => (Object.hasOwn(fields, name) ? String(fields[name]) : '')
}

/** Reads the day or hour of a record as the beginning of its ISO time; most records have that of the one before. */
function createPeriodReader(periodMs: number, length: number): (record: ActivityRecord) => string {
  let last = Number.NaN
  let text = ''
  return (record) => {
    const time = timeOf(record)
    if (time === undefined) return ''
    const period = Math.floor(time / periodMs)
    if (period !== last) {
      last = period
      text = new Date(time).toISOString().slice(0, length)
    }
    return text
  }
}
