import type { Account, Expectation } from '../traffic/account.js'
import { type Sample, sumOf } from './read-page.js'

/** One line of the comparison. */
export interface Comparison {
  readonly name: string
  readonly expected: number
  readonly got: number
}

/** The application's output. */
export interface Output {
  readonly samples: readonly Sample[]
  readonly lines: readonly string[]
}

/**
 * Compares the expected results with the output: each expectation, each metric as a whole (so that no extra series goes
 * unnoticed), and each line.
 */
export function compare(account: Account, { samples, lines }: Output): Comparison[] {
  const rows = account.expectations.map(({ metric, labels, value }) => ({
    name: nameOf(metric, labels),
    expected: value,
    got: sumOf(samples, metric, labels),
  }))
  const totals = [...byMetric(account.expectations)].map(([metric, all]) => ({
    name: `${metric}, all`,
    expected: all.reduce((sum, { value }) => sum + value, 0),
    got: sumOf(samples, metric),
  }))
  const written = new Map<string, number>()
  for (const line of lines) written.set(line, (written.get(line) ?? 0) + 1)
  const linesCompared = [...account.lines].map(([line, expected]) => ({
    name: line,
    expected,
    got: written.get(line) ?? 0,
  }))
  const allLines = {
    name: 'lines, all',
    expected: [...account.lines.values()].reduce((sum, count) => sum + count, 0),
    got: lines.length,
  }
  const byName = (a: Comparison, b: Comparison): number => (a.name < b.name ? -1 : 1)
  return [...[...rows, ...totals].sort(byName), ...linesCompared.sort(byName), allLines]
}

export function isEqual({ expected, got }: Comparison): boolean {
  // Sums of bytes and tokens are whole numbers; nothing else is compared.
  return expected === got
}

function byMetric(expectations: readonly Expectation[]): Map<string, Expectation[]> {
  const groups = new Map<string, Expectation[]>()
  for (const one of expectations) groups.set(one.metric, [...(groups.get(one.metric) ?? []), one])
  return groups
}

function nameOf(metric: string, labels: Expectation['labels']): string {
  const text = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')
  return text === '' ? metric : `${metric}{${text}}`
}
