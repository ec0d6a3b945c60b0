import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWithServer, type QueryResult, waitUntil } from '../servers/index.js'
import { expectedPanels, type Unknown } from './expected-panels.js'
import { type KnownTraffic, startKnownTraffic, type Window } from './known-traffic.js'
import { createOracle, type Groups } from './oracle.js'

interface Panel {
  readonly title: string
  readonly type: string
  readonly targets?: readonly { readonly expr: string }[]
}

const folder = fileURLToPath(new URL('../../dashboards/', import.meta.url))
const boards = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()

function panelsOf(board: string): readonly Panel[] {
  const { panels }: { readonly panels: readonly Panel[] } = JSON.parse(readFileSync(`${folder}${board}.json`, 'utf8'))
  return panels.filter(({ type }) => type !== 'row')
}

test('there is an expectation for every board and panel', () => {
  expect(
    Object.keys(expectedPanels)
      .map((board) => `${board}.json`)
      .sort(),
  ).toEqual(boards)
  for (const [board, panels] of Object.entries(expectedPanels)) {
    expect(panelsOf(board).map(({ title }) => title)).toEqual(Object.keys(panels))
  }
})

const forms = [
  ['classic histograms, as Prometheus scrapes them', {}],
  ['native histograms, which Prometheus makes of them', { convert_classic_histograms_to_nhcb: true }],
] as const

describeWithServer('prometheus', 'the boards, over the example under known traffic', () => {
  describe.each(forms)('with %s', (_, settings) => describeBoards(settings))
})

function describeBoards(settings: (typeof forms)[number][1]): void {
  let traffic: KnownTraffic
  beforeAll(async () => {
    traffic = await startKnownTraffic({ rules: ['rules/recordings.yaml', 'rules/alerts.yaml'] }, settings)
  }, 180_000)
  afterAll(() => traffic?.stop())

  /** Queries a window as Grafana does. */
  const ask = (query: string, { endSeconds, lengthSeconds }: Window): Promise<QueryResult[]> =>
    traffic.prometheus.query(
      query
        .replaceAll(/\$__(?:rate_interval|range)/g, `${Math.round(lengthSeconds * 1000)}ms`)
        .replaceAll(/\$\w+/g, '.+'),
      endSeconds,
    )

  /** Factor of Prometheus' extrapolation at the edges of a window, the same for all series of a page. */
  const factorOf = async (window: Window, length = '$__range'): Promise<number> => {
    const [control] = await ask(`sum(increase(${window.control.counter}[${length}]))`, window)
    const sent = traffic.sent.filter(({ metric }) => metric === window.control.sentAs)
    const total = sent.reduce((sum, { value }) => sum + value, 0)
    expect(total).toBeGreaterThan(4)
    return (control?.value ?? Number.NaN) / total
  }

  const panels = Object.entries(expectedPanels).flatMap(([board, panels]) =>
    Object.keys(panels).map((title) => [board, title] as const),
  )
  test.each(panels)('%s: %s', async (board, title) => {
    const panel = panelsOf(board).find((one) => one.title === title)
    // The second query of a heatmap reads native histograms.
    const isNativeHeatmap = panel?.type === 'heatmap' && 'convert_classic_histograms_to_nhcb' in settings
    const query = panel?.targets?.[isNativeHeatmap ? 1 : 0]?.expr ?? ''
    // A query with its own window starts before the data, and Prometheus extrapolates there.
    const ownWindow = /\[(\d+[hd])\]/.exec(query)?.[1]
    const window = traffic.windows[board === 'node' ? 'standard' : 'custom']
    const factor = await factorOf(window, ownWindow)
    expect(factor).toBeGreaterThan(0.99)
    expect(factor).toBeLessThan(ownWindow === undefined ? 1.01 : 1.6)
    const expected = expectedPanels[board]?.[title]?.(createOracle(traffic, window, factor)) ?? {}
    const got = toGroups(await ask(query, window))
    // Between two samples Prometheus extrapolates by a millisecond, unless a bucket was empty before.
    const tolerance = query.includes('_bucket') ? 5e-3 : 1e-9
    const most = /^topk\((\d+)/.exec(query)?.[1]
    if (isNativeHeatmap) {
      const [histogram] = await ask(query, window)
      const count = { '+Inf': Number(histogram?.histogram?.count) }
      expect(differences(count, { '+Inf': (expected as Groups)['+Inf'] ?? 0 }, tolerance)).toEqual([])
    } else if (isUnknown(expected)) expectThere(got, expected)
    else if (most === undefined) expect(differences(got, expected, tolerance)).toEqual([])
    else expectLargest(got, expected, Number(most), tolerance)
  })

  test('every rule is evaluated, and the alerts that the traffic causes are pending or firing', async () => {
    const rules = await waitUntil(
      async () => {
        const groups = (await traffic.prometheus.api('/api/v1/rules')) as RuleGroups
        const all = groups.groups.flatMap(({ rules }) => rules)
        return all.every(({ health }) => health !== 'unknown') ? all : undefined
      },
      20_000,
      () => 'some rules were not evaluated',
    )
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([])
    const active = rules.filter(({ state }) => state === 'pending' || state === 'firing').map(({ name }) => name)
    // A third of the chats fail and a fifth of the model calls are rate-limited; other failures are too few for alerts.
    const burns = ['LLMErrorBudgetFastBurn', 'LLMErrorBudgetSlowBurn']
    expect(active.sort()).toEqual(['FeatureErrorsHigh', ...burns, 'LLMRateLimited'])
  }, 60_000)

  test('the documented error rate has no result, which is why the panel has another query', async () => {
    expect(
      await ask('rate(feature_errors_total[$__range]) / rate(feature_usage_total[$__range])', traffic.windows.custom),
    ).toEqual([])
  })
}

interface RuleGroups {
  readonly groups: readonly {
    readonly rules: readonly { readonly name: string; readonly health: string; readonly state?: string }[]
  }[]
}

function toGroups(results: readonly QueryResult[]): Groups {
  return Object.fromEntries(
    results.map(({ labels, value }) => [
      Object.entries(labels)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, value]) => value)
        .join(' '),
      value,
    ]),
  )
}

/** Returns values that differ by more than the tolerance, or exist on one side only. */
function differences(got: Groups, expected: Groups, tolerance: number): readonly string[] {
  return [...new Set([...Object.keys(got), ...Object.keys(expected)])].flatMap((key) => {
    const [a = Number.POSITIVE_INFINITY, b = Number.POSITIVE_INFINITY] = [got[key], expected[key]]
    const isEqual = Object.is(a, b) || Math.abs(a - b) <= tolerance * Math.abs(b)
    return isEqual ? [] : [`${key}: got ${got[key]}, expected ${expected[key]}`]
  })
}

/** Any of several equal values may be among the largest. */
function expectLargest(got: Groups, all: Groups, most: number, tolerance: number): void {
  const chosen = Object.fromEntries(Object.entries(all).filter(([key]) => Object.hasOwn(got, key)))
  expect(differences(got, chosen, tolerance)).toEqual([])
  expect(Object.keys(got)).toHaveLength(Math.min(most, Object.keys(all).length))
  const smallest = Math.min(...Object.values(got))
  const left = Object.entries(all).filter(
    ([key, value]) => !Object.hasOwn(got, key) && value > smallest * (1 + tolerance),
  )
  expect(left).toEqual([])
}

function isUnknown(expected: Groups | Unknown): expected is Unknown {
  return Object.values(expected).some(Array.isArray)
}

function expectThere(got: Groups, expected: Unknown): void {
  const keys = 'positive' in expected ? expected.positive : expected.anything
  expect(Object.keys(got).sort()).toEqual(keys)
  for (const value of Object.values(got)) {
    if ('positive' in expected) expect(value).toBeGreaterThan(0)
    else expect(value).toBeGreaterThanOrEqual(0)
  }
}
