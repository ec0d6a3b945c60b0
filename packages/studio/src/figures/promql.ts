import type { Family } from '../history/family.js'

/** The function by which a chart reads a family. */
export type Reading = 'rate' | 'increase' | 'value' | 'p50' | 'p95' | 'p99' | 'mean'

/** Returns the readings that apply to a family, the best first. */
export function readingsOf({ type }: Family): readonly Reading[] {
  if (type === 'histogram') return ['p95', 'p50', 'p99', 'mean', 'rate']
  if (type === 'summary') return ['mean', 'rate']
  return type === 'counter' ? ['rate', 'increase'] : ['value']
}

/**
 * Returns the query that shows in Prometheus what a chart shows here.
 * @param labels labels to split by
 */
export function promqlOf({ name, queryName, type }: Family, reading: Reading, labels: readonly string[]): string {
  const counted = type === 'histogram' || type === 'summary' ? `${name}_count` : queryName
  const by = labels.length === 0 ? '' : ` by (${labels.map(quoted).join(', ')})`
  if (reading === 'value') return `sum${by}(${metric(queryName)})`
  if (reading === 'rate') return `sum${by}(rate(${metric(counted)}[5m]))`
  if (reading === 'increase') return `sum${by}(increase(${metric(counted)}[1h]))`
  if (reading === 'mean') return `sum${by}(rate(${metric(`${name}_sum`)}[5m])) / sum${by}(rate(${metric(counted)}[5m]))`
  const grouped = ['le', ...labels].map(quoted).join(', ')
  return `histogram_quantile(0.${reading.slice(1)}, sum by (${grouped}) (rate(${metric(`${name}_bucket`)}[5m])))`.replace(
    '0.50',
    '0.5',
  )
}

function metric(name: string): string {
  return /^[a-zA-Z_:][\w:]*$/.test(name) ? name : `{${JSON.stringify(name)}}`
}

function quoted(label: string): string {
  return /^[a-zA-Z_]\w*$/.test(label) ? label : JSON.stringify(label)
}
