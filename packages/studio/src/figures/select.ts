import { type Cell, type Family, isLive, type Series } from '../history/family.js'
import { growthOf, type Span } from '../history/growth.js'
import type { History } from '../history/history.js'

/** Series with the same values of some labels. */
export interface Group {
  /** The values in the order of the requested labels; empty for a label that a series lacks. */
  readonly values: readonly string[]
  readonly series: readonly Series[]
}

/** Returns the first of these families that the pages have. */
export function firstFamily(history: History, ...names: readonly string[]): Family | undefined {
  for (const name of names) {
    const family = history.families.get(name)
    if (family !== undefined && family.series.size > 0) return family
  }
  return undefined
}

/** Groups a family's series by the values of labels, in the page's order. */
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

/** Returns the growth of counters, or of the counts of histograms, in a span; without one, since the application started. */
export function growth(series: readonly Series[], span: Span | undefined): number {
  return series.reduce((sum, { value }) => sum + growthOf(value, span), 0)
}

/** Returns the current sum of gauges; undefined without gauges. */
export function level(series: readonly Series[]): number | undefined {
  const live = series.filter(isLive)
  return live.length === 0 ? undefined : live.reduce((sum, { value }) => sum + (value?.last ?? 0), 0)
}

/** Returns the cells of counters, gauges or counts. */
export function valueCells(series: readonly Series[]): readonly Cell[] {
  return series.flatMap(({ value }) => (value === undefined ? [] : [value]))
}

/** Returns the label names of a family's series, in the page's order. */
export function labelNames(family: Family): readonly string[] {
  const names = new Set<string>()
  for (const { labels } of family.series.values()) for (const name of labels.keys()) names.add(name)
  return [...names]
}
