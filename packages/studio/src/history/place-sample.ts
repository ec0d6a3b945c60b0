import { parseKey } from '../page-text/parse-key.js'
import { type Cell, createCell, type Family, type FamilyType, type Series } from './family.js'

export type Keyword = 'TYPE' | 'HELP' | 'UNIT'

/** Returns the family of a line of metadata. */
export function describe(
  families: Map<string, Family>,
  page: string,
  current: Family | undefined,
  keyword: Keyword,
  name: string,
  text: string,
): Family {
  const bare = name.replace(/_total$/, '')
  const family = current?.name === bare ? current : (families.get(bare) ?? createFamily(bare, name, page))
  families.set(bare, family)
  if (keyword === 'HELP') family.help = text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? ' ' : c))
  else if (keyword === 'UNIT') family.unit = text
  else family.type = toType(text)
  return family
}

const types: readonly FamilyType[] = ['counter', 'gauge', 'histogram', 'summary', 'info', 'stateset']

function toType(text: string): FamilyType {
  return types.find((type) => type === text) ?? 'unknown'
}

function createFamily(name: string, queryName: string, page: string): Family {
  return { name, queryName, type: 'unknown', help: '', unit: '', page, series: new Map() }
}

/** Returns the family of a sample: the one described before it, if the names agree. */
export function familyOf(
  families: Map<string, Family>,
  page: string,
  current: Family | undefined,
  key: string,
): Family {
  const { name } = parseKey(key)
  if (current !== undefined && suffixOf(current, name) !== undefined) return current
  const family = families.get(name) ?? createFamily(name, name, page)
  families.set(name, family)
  return family
}

/** Returns the suffix of a sample's name after its family's name; undefined if it belongs to another family. */
function suffixOf(family: Family, name: string): string | undefined {
  if (!name.startsWith(family.name)) return undefined
  const suffix = name.slice(family.name.length)
  return ['', '_total', '_bucket', '_count', '_sum', '_created', '_info'].includes(suffix) ? suffix : undefined
}

/** Creates the cell of a sample in its series; null for a sample that is never shown. */
export function addCell(family: Family, key: string): Cell | null {
  const { name, labels } = parseKey(key)
  const suffix = suffixOf(family, name) ?? ''
  if (suffix === '_created') return null
  const own = new Map(labels)
  const isDistribution = family.type === 'histogram' || family.type === 'summary'
  const bound = suffix === '_bucket' ? own.get('le') : undefined
  const quantile = family.type === 'summary' && suffix === '' ? own.get('quantile') : undefined
  if (bound !== undefined) own.delete('le')
  if (quantile !== undefined) own.delete('quantile')
  const series = seriesOf(family, own)
  const cell = createCell(isDistribution ? quantile === undefined : family.type === 'counter')
  if (bound !== undefined) insertBucket(series, bound, cell)
  else if (quantile !== undefined) series.quantiles.set(quantile, cell)
  else if (isDistribution && suffix === '_sum') series.sum = cell
  else {
    series.value = cell
    if (!isDistribution) family.queryName = name
  }
  return cell
}

function seriesOf(family: Family, labels: ReadonlyMap<string, string>): Series {
  const key = JSON.stringify([...labels].sort())
  const series = family.series.get(key) ?? {
    labels,
    value: undefined,
    sum: undefined,
    buckets: [],
    quantiles: new Map(),
  }
  family.series.set(key, series)
  return series
}

function insertBucket({ buckets }: Series, bound: string, cell: Cell): void {
  buckets.push({ bound: bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound), cell })
  buckets.sort((a, b) => a.bound - b.bound)
  cell.below = buckets[buckets.findIndex((bucket) => bucket.cell === cell) - 1]?.cell
}
