import { type PromqlServer, type QueryResult, waitUntil } from '../servers/index.js'
import { boundText, type Sample } from './recorded-metrics.js'

/** Labels and metrics that a server adds: the sender, and metrics about the scrape. */
const ADDED_LABELS: ReadonlySet<string> = new Set(['__name__', 'job', 'instance'])
const NOT_RECORDED = /^(?:quipu_|target_info$|target\.info$|up$|scrape_)/

/** One entry per sample, so that a difference is readable: `name{label="value"}` → value. */
export type SampleTable = Readonly<Record<string, number>>

export function toTable(samples: readonly Sample[]): SampleTable {
  return Object.fromEntries(samples.map(({ name, labels, value }) => [seriesText(name, labels), value]))
}

function seriesText(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((label) => `${label}=${JSON.stringify(labels[label])}`)
  return `${name}{${pairs.join(',')}}`
}

export interface QueryOptions {
  /** Labels to omit in addition to the server's own: resource attributes that a server copies to every series. */
  readonly without?: RegExp
}

function fromResults(results: readonly QueryResult[], { without = /^$/ }: QueryOptions): SampleTable {
  const samples = results.flatMap(({ labels, value }): Sample[] => {
    const name = labels.__name__ ?? ''
    if (NOT_RECORDED.test(name)) return []
    const kept = Object.entries(labels).filter(([label]) => !ADDED_LABELS.has(label) && !without.test(label))
    const normal = kept.map(([label, text]) => [label, label === 'le' ? normalBound(text) : text] as const)
    return [{ name, labels: Object.fromEntries(normal), value }]
  })
  const table = toTable(samples)
  // Two series that differ only in omitted labels would hide each other.
  const twice = samples.length - Object.keys(table).length
  return twice === 0 ? table : { ...table, [`(${twice} samples hidden by others)`]: Number.NaN }
}

function normalBound(text: string): string {
  return text === '+Inf' ? text : boundText(Number(text))
}

/** Every sample that the selector finds, without self-metrics of Quipu and the server. */
export async function queryTable(server: PromqlServer, selector: string, options: QueryOptions = {}) {
  return fromResults(await server.query(selector), options)
}

/**
 * Returns differences between the table and the expectation, one line per sample, at most ten: thousands of equal lines
 * would hide them.
 */
export function differences(actual: SampleTable, expected: SampleTable): string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort()
  const lines = names.flatMap((name) =>
    actual[name] === expected[name] ? [] : [`${name}: expected ${expected[name]}, got ${actual[name]}`],
  )
  return lines.length <= 10 ? lines : [...lines.slice(0, 10), `and ${lines.length - 10} more`]
}

/** Queries until the table is as expected; returns the differences after `timeoutMs`. */
export async function waitForTable(
  server: PromqlServer,
  selector: string,
  expected: SampleTable,
  { timeoutMs = 12_000, ...options }: QueryOptions & { readonly timeoutMs?: number } = {},
): Promise<string[]> {
  let last: string[] = []
  return await waitUntil(
    async () => {
      last = differences(await queryTable(server, selector, options), expected)
      return last.length === 0 ? last : undefined
    },
    timeoutMs,
    () => 'the tables differ',
  ).catch(() => last)
}
