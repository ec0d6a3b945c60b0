import { type Cell, type Family, isLive, type Series } from '../history/family.js'
import { growthOf, type Span } from '../history/growth.js'
import type { History } from '../history/history.js'

/** Series that have the same values of some labels. */
export interface Group {
  /** The values, in the order of the labels asked for; empty where a series has no such label. */
  readonly values: readonly string[]
  readonly series: readonly Series[]
}

/** The first of these families that the pages have. */
export function firstFamily(history: History, ...names: readonly string[]): Family | undefined {
  for (const name of names) {
    const family = history.families.get(name)
    if (family !== undefined && family.series.size > 0) return family
  }
  return undefined
}

/** A family's series grouped by the values of labels, in the page's order. */
export function groupBy(family: Family | undefined, labels: readonly string[]): readonly Group[] {
  const groups = new Map<string, { values: readonly string[]; series: Series[] }>()
  for (const series of family?.series.values() ?? []) {
    const values = labels.map((label) => series.labels.get(label) ?? '')
    const key = values.length === 1 ? (values[0] ?? '') : JSON.stringify(values)
    const group = groups.get(key) ?? { values, series: [] }
    groups.set(key, group)
    group.series.push(series)
  }
  return [...groups.values()]
}

/** What counters, or the counts of histograms, grew by in a span; since the application started without one. */
export function growth(series: readonly Series[], span: Span | undefined): number {
  return series.reduce((sum, { value }) => sum + growthOf(value, span), 0)
}

/** The sum of gauges now; undefined when none is there. */
export function level(series: readonly Series[]): number | undefined {
  const live = series.filter(isLive)
  return live.length === 0 ? undefined : live.reduce((sum, { value }) => sum + (value?.last ?? 0), 0)
}

/** The cells of counters, gauges or counts. */
export function valueCells(series: readonly Series[]): readonly Cell[] {
  return series.flatMap(({ value }) => (value === undefined ? [] : [value]))
}

/** Names of the labels that a family's series have, in the page's order. */
export function labelNames(family: Family): readonly string[] {
  const names = new Set<string>()
  for (const { labels } of family.series.values()) for (const name of labels.keys()) names.add(name)
  return [...names]
}
