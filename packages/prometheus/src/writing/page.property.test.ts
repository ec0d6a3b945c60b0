import type { MetricKind } from '@quipu/catalog/builtin'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePage } from '../../fixtures/parse-page.js'
import { fakeReading, fakeRecorder } from '../../fixtures/readings.js'
import { declaredLabelName } from '../families/label-names.js'
import { renderPage } from '../render-page.js'
import { canonicalText } from './number-text.js'

const labelName = fc.oneof(
  fc.constantFrom(
    'model',
    'le',
    'quantile',
    'a.b',
    'a_b',
    'a-b',
    '',
    '1x',
    '__name__',
    'été',
    'constructor',
    '__proto__',
  ),
  fc.stringMatching(/^[a-z]{1,4}$/),
)
const labelValue = fc.oneof(
  fc.constantFrom('"', '\\', '\n', '\\n', 'a|b', 'a="b",c', '🙂', '}', ' ', '#', '\r\n', '# EOF'),
  fc.string({ unit: 'grapheme' }),
)
const bound = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })
const row = fc.record({
  values: fc.array(labelValue, { minLength: 4, maxLength: 4 }),
  amount: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  counts: fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 6, maxLength: 6 }),
})
const metric = fc.record({
  kind: fc.constantFrom<MetricKind>('counter', 'upDownCounter', 'gauge', 'histogram', 'summary'),
  help: fc.string(),
  labelNames: fc.uniqueArray(labelName, { maxLength: 4 }),
  bounds: fc
    .uniqueArray(bound, { maxLength: 5, selector: (value) => value + 0 })
    .map((all) => all.sort((a, b) => a - b)),
  rows: fc.array(row, { maxLength: 5 }),
})

type Metric = typeof metric extends fc.Arbitrary<infer M> ? M : never
type Row = Metric['rows'][number]
type Sample = readonly [name: string, labels: Readonly<Record<string, string>>, value: number]

/** The expected labels of a row, computed differently from the writer. */
function labelsOf({ kind, labelNames }: Metric, { values }: Row): Readonly<Record<string, string>> {
  const type = kind === 'upDownCounter' ? 'gauge' : kind
  const named = labelNames.map((name, i) => ({ name, onPage: declaredLabelName(name, type), value: values[i] ?? '' }))
  return Object.fromEntries(
    named.flatMap(({ onPage }) => {
      const same = named.filter((other) => other.onPage === onPage).sort((a, b) => (a.name < b.name ? -1 : 1))
      const value = same.map((other) => other.value).join(';')
      return value === '' ? [] : [[onPage, value]]
    }),
  )
}

/** The store has each label set once, but labels that share a name on the page can make two of them equal. */
function distinctRows(made: Metric): readonly Row[] {
  const seen = new Set<string>()
  return made.rows.filter((each) => {
    const key = JSON.stringify(Object.entries(labelsOf(made, each)).sort())
    return !seen.has(key) && seen.add(key) !== undefined
  })
}

function samplesOf(name: string, made: Metric): readonly Sample[] {
  return distinctRows(made).flatMap((each): readonly Sample[] => {
    const labels = labelsOf(made, each)
    const { amount, counts } = each
    if (made.kind === 'summary')
      return [
        [`${name}_sum`, labels, amount],
        [`${name}_count`, labels, counts[0] ?? 0],
      ]
    if (made.kind === 'counter') return [[`${name}_total`, labels, amount]]
    if (made.kind !== 'histogram') return [[name, labels, amount]]
    let total = 0
    const buckets = [...made.bounds, Number.POSITIVE_INFINITY].map((le, i): Sample => {
      total += counts[i] ?? 0
      return [`${name}_bucket`, { ...labels, le: canonicalText(le) }, total]
    })
    return [...buckets, [`${name}_sum`, labels, amount], [`${name}_count`, labels, total]]
  })
}

function readingOf(name: string, made: Metric) {
  const { kind, help, labelNames, bounds } = made
  const series = distinctRows(made).map(({ values, amount, counts }) => ({
    values: values.slice(0, labelNames.length),
    data: kind === 'histogram' ? [amount, ...counts.slice(0, bounds.length + 1)] : [amount, counts[0] ?? 0],
  }))
  return fakeReading(name, kind === 'histogram' ? { kind, help, buckets: bounds } : { kind, help }, series, labelNames)
}

describe.each([
  ['text', 'text/plain'],
  ['openmetrics', 'application/openmetrics-text'],
] as const)('in %s', (dialect, accept) => {
  it('a strict parser reads the recorded values, for any labels', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(metric, { maxLength: 4 }), async (metrics) => {
        const named = metrics.map((made, i) => [`metric_${'abcd'[i]}`, made] as const)
        const page = await renderPage(fakeRecorder(...named.map((pair) => readingOf(...pair))), { accept })
        const read = parsePage(page, dialect).map(({ samples }) =>
          samples.map(({ name, labels, value }): Sample => [name, labels, value]),
        )
        expect(read).toEqual(named.map((pair) => samplesOf(...pair)).filter(({ length }) => length > 0))
      }),
      { numRuns: 300 },
    )
  })
})
