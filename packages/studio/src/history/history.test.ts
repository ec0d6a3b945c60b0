import { describe, expect, test } from 'vitest'
import { takePage } from '../page-text/take-page.js'
import { quantilesOnGrid } from './distributions-on-grid.js'
import { growthOf, growthOnGrid } from './growth.js'
import { createHistory, type HistoryLimits } from './history.js'
import { distributionOf, quantileOf } from './quantile.js'

const COUNTER = (value: number, label = 'a') => `# TYPE calls counter\ncalls_total{model="${label}"} ${value}\n`

function studio(limits?: Partial<HistoryLimits>) {
  const history = createHistory({
    seconds: 3600,
    fineSeconds: 300,
    coarseSeconds: 15,
    cells: 1000,
    changes: 100_000,
    ...limits,
  })
  return {
    history,
    async page(text: string, time: number, name = 'custom_metrics') {
      const input = history.begin(name, time)
      await takePage(text, input, async () => undefined)
      input.end()
    },
    series: (family: string) => [...(history.families.get(family)?.series.values() ?? [])],
  }
}

describe('a counter', () => {
  test('shows the number of its page, and its growth since the first reading', async () => {
    const { page, series } = studio()
    await page(COUNTER(100), 1000)
    await page(COUNTER(107), 1002)
    const cell = series('calls')[0]?.value
    expect(growthOf(cell, undefined)).toBe(107)
    expect(growthOf(cell, { from: 900, to: 1002 })).toBe(7)
  })

  test('that restarts at zero never decreases', async () => {
    const { page, series } = studio()
    await page(COUNTER(100), 1000)
    await page(COUNTER(110), 1002)
    await page(COUNTER(4), 1004)
    expect(growthOf(series('calls')[0]?.value, { from: 1000, to: 1004 })).toBe(14)
    expect(growthOf(series('calls')[0]?.value, undefined)).toBe(4)
  })

  test('that appears later started at zero', async () => {
    const { page, series } = studio()
    await page(COUNTER(1), 1000)
    await page(`${COUNTER(1)}calls_total{model="b"} 5\n`, 1002)
    expect(growthOf(series('calls')[1]?.value, { from: 1000, to: 1002 })).toBe(5)
  })

  test('that the page no longer has stops growing, and continues when it is back', async () => {
    const { page, series } = studio()
    await page(COUNTER(50), 1000)
    await page('# TYPE other gauge\nother 1\n', 1002)
    expect(growthOf(series('calls')[0]?.value, undefined)).toBe(0)
    await page(COUNTER(60), 1004)
    expect(growthOf(series('calls')[0]?.value, { from: 1000, to: 1004 })).toBe(60)
  })

  test('has its rate at each step', async () => {
    const { page, series } = studio()
    for (let i = 0; i <= 10; i++) await page(COUNTER(i * 3), 1000 + i)
    const cells = series('calls').flatMap(({ value }) => value ?? [])
    expect([...growthOnGrid(cells, [1002, 1006, 1010], 2)]).toEqual([6, 6, 6])
  })
})

test('a histogram has the quantiles of histogram_quantile', async () => {
  const { page, series } = studio()
  const bucket = (le: string, count: number) => `h_seconds_bucket{le="${le}"} ${count}\n`
  await page(
    `# TYPE h_seconds histogram\n${bucket('0.1', 10)}${bucket('0.5', 30)}${bucket('+Inf', 40)}h_seconds_count 40\nh_seconds_sum 9\n`,
    1000,
  )
  const distribution = distributionOf(series('h_seconds'), undefined)
  expect(quantileOf(0.5, distribution)).toBeCloseTo(0.3)
  expect(quantileOf(0.95, distribution)).toBe(0.5)
  expect(quantileOf(0.5, { bounds: [], counts: [] })).toBeNaN()
})

describe('a histogram whose range grows', () => {
  const text = (buckets: Readonly<Record<string, number>>, path = 'a') => {
    const lines = Object.entries(buckets).map(([le, count]) => `h_bucket{path="${path}",le="${le}"} ${count}\n`)
    return `# TYPE h histogram\n${lines.join('')}h_count{path="${path}"} ${buckets['+Inf']}\n`
  }

  test('counts in its new buckets only what was observed since', async () => {
    const { page, series } = studio()
    await page(text({ 1: 10, 2: 100, '+Inf': 100 }), 1000)
    await page(text({ 0.5: 1, 1: 11, 2: 101, 4: 105, 8: 106, '+Inf': 106 }), 1002)
    const span = { from: 1000, to: 1002 }
    expect(distributionOf(series('h'), span)).toEqual({
      bounds: [0.5, 1, 2, 4, 8, Number.POSITIVE_INFINITY],
      counts: [1, 1, 1, 5, 6, 6],
    })
    expect(quantilesOnGrid(0.5, series('h'), [1002], 2)[0]).toBe(quantileOf(0.5, distributionOf(series('h'), span)))
  })

  test('adds up with one that has other buckets', async () => {
    const { page, series } = studio()
    await page(`${text({ 1: 10, 4: 20, '+Inf': 20 })}${text({ 2: 5, '+Inf': 5 }, 'b')}`, 1000)
    expect(distributionOf(series('h'), undefined)).toEqual({
      bounds: [1, 2, 4, Number.POSITIVE_INFINITY],
      counts: [10, 15, 25, 25],
    })
  })
})

describe('memory', () => {
  test('is bounded in an hour of polls for any number of changes', async () => {
    const { page, history, series } = studio({ changes: 20_000 })
    for (let poll = 0; poll < 1800; poll++) {
      const lines = Array.from({ length: 50 }, (_, i) => `calls_total{model="m${i}"} ${poll * (i + 1)}`)
      await page(`# TYPE calls counter\n${lines.join('\n')}\n`, poll * 2)
    }
    const kept = series('calls').reduce((sum, { value }) => sum + (value?.track.times.length ?? 0), 0)
    // One more value per poll since the last thinning.
    expect(kept).toBeLessThan(20_000 + 60 * 50)
    // No counted value is lost.
    expect(growthOf(series('calls')[9]?.value, { from: 0, to: 3600 })).toBe(1799 * 10)
    expect(history.polls.length).toBeLessThanOrEqual(1801)
  })

  test('does not grow with the series of a page: samples over the limit are left out and counted', async () => {
    const { page, history, series } = studio({ cells: 10 })
    const lines = Array.from({ length: 25 }, (_, i) => `g{i="${i}"} ${i}`)
    await page(`# TYPE g gauge\n${lines.join('\n')}\n`, 1000)
    expect(series('g')).toHaveLength(10)
    expect(history.leftOut).toBe(15)
  })
})
