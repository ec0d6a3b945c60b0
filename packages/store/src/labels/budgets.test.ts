import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { defineMetrics } from '@quipu/catalog'
import { describe, expect, it } from 'vitest'
import { seriesOf } from '../../fixtures/all-series.js'
import { createStore } from '../create-store.js'

const catalog = defineMetrics({
  calls_total: { kind: 'counter', help: 'Calls', labels: { model: { class: 'model', values: ['gpt-5'] } } },
  pairs_total: {
    kind: 'counter',
    help: 'Pairs',
    budget: 4,
    labels: { kind: ['a', 'b'], name: { class: 'name', values: ['known'] } },
  },
  deep_total: { kind: 'counter', help: 'Deep', labels: { first: 'name', second: 'name', third: 'name' } },
  shared_total: {
    kind: 'counter',
    help: 'A value in several series',
    labels: { kind: ['a', 'b'], name: { class: 'name', budget: 2 } },
  },
  maybe_total: { kind: 'counter', help: 'Maybe', labels: { name: { class: 'name', budget: 1, optional: true } } },
  small_total: { kind: 'counter', help: 'Three at most', labels: { name: { class: 'name', budget: 3 } } },
  ranged_total: { kind: 'counter', help: 'By range', labels: { range: { template: '{number}xx', budget: 2 } } },
})

const sum = (held: Record<string, unknown>): number =>
  Object.values(held).reduce<number>((total, one) => total + Number(one), 0)

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** Memory on the heap after a run, in MiB. */
function leftBy(run: () => void): number {
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  run()
  collectGarbage()
  return (process.memoryUsage().heapUsed - before) / (1 << 20)
}

describe('a flood of junk', () => {
  it('keeps the series of all known values and the sum, and is counted', () => {
    const store = createStore({ catalog, allow: { model: ['claude-9'] } })
    const labels = { model: '' }
    const left = leftBy(() => {
      for (let i = 0; i < 200_000; i++) {
        labels.model = `junk-${i}`
        store.metrics.calls_total.add(1, labels)
      }
    })
    expect(left).toBeLessThan(8)
    store.metrics.calls_total.add(7, { model: 'gpt-5' })
    store.metrics.calls_total.add(8, { model: 'claude-9' })
    const held = seriesOf(store, 'calls_total')
    expect(held['{model="gpt-5"}']).toBe(7)
    expect(held['{model="claude-9"}']).toBe(8)
    expect(sum(held)).toBe(200_015)
    expect(held['{model="other"}']).toBe(199_800)
    expect(Object.keys(held)).toHaveLength(203)
    expect(seriesOf(store, 'quipu_folded_total')).toEqual({ '{metric="calls_total",label="model"}': 199_800 })
  })

  it('of long texts keeps only their beginnings', () => {
    const store = createStore({ catalog })
    const left = leftBy(() => {
      for (let i = 0; i < 100; i++) {
        // From bytes, so that it is one flat string on the heap and not a rope.
        const text = Buffer.alloc(1 << 19, `${i}-`).toString('latin1')
        store.metrics.calls_total.add(1, { model: text })
        store.metrics.calls_total.add(1, { model: text.slice(0, 60) })
      }
    })
    expect(Object.keys(seriesOf(store, 'calls_total'))).toHaveLength(200)
    expect(left).toBeLessThan(8)
  })
})

describe('the budget of a label', () => {
  it('is not used by known values and `other`', () => {
    const store = createStore({ catalog, allow: { name: ['x', 'y', 'z', 'w'] } })
    for (const name of ['x', 'y', 'z', 'w', '1', '2', '3', '4']) store.metrics.small_total.add(1, { name })
    expect(Object.keys(seriesOf(store, 'small_total'))).toEqual(
      ['x', 'y', 'z', 'w', '1', '2', '3', 'other'].map((name) => `{name="${name}"}`),
    )
  })

  it('is freed when a series is removed', () => {
    const store = createStore({ catalog })
    for (const name of ['1', '2', '3', '4']) store.metrics.small_total.add(1, { name })
    store.metrics.small_total.remove({ name: '2' })
    store.metrics.small_total.add(1, { name: '5' })
    store.metrics.small_total.add(1, { name: '6' })
    expect(seriesOf(store, 'small_total')).toMatchObject({ '{name="5"}': 1, '{name="other"}': 2 })
  })

  it('is freed when the last series of a value is removed', () => {
    const store = createStore({ catalog })
    const { shared_total } = store.metrics
    for (const [kind, name] of [
      ['a', '1'],
      ['b', '1'],
      ['a', '2'],
    ] as const)
      shared_total.add(1, { kind, name })
    shared_total.remove({ kind: 'a', name: '1' })
    shared_total.add(1, { kind: 'b', name: '3' })
    shared_total.remove({ kind: 'b', name: '1' })
    shared_total.add(1, { kind: 'b', name: '4' })
    expect(Object.keys(seriesOf(store, 'shared_total')).sort()).toEqual([
      '{kind="a",name="2"}',
      '{kind="b",name="4"}',
      '{kind="b",name="other"}',
    ])
  })

  it('is not used by a series without the label', () => {
    const store = createStore({ catalog })
    store.metrics.maybe_total.add(1)
    store.metrics.maybe_total.add(1, { name: '1' })
    store.metrics.maybe_total.add(1, { name: '2' })
    expect(seriesOf(store, 'maybe_total')).toEqual({ '': 1, '{name="1"}': 1, '{name="other"}': 1 })
  })

  it('applies to templates as well', () => {
    const store = createStore({ catalog })
    for (const range of ['2xx', '4xx', '5xx', '4xx'] as const) store.metrics.ranged_total.add(1, { range })
    expect(seriesOf(store, 'ranged_total')).toEqual({ '{range="2xx"}': 1, '{range="4xx"}': 2, '{range="other"}': 1 })
  })
})

describe('the budget of a metric', () => {
  it('folds open labels and keeps closed and known values', () => {
    const store = createStore({ catalog })
    for (const kind of ['a', 'b'] as const) {
      for (const name of ['1', '2', '3', 'known']) store.metrics.pairs_total.add(1, { kind, name })
    }
    expect(seriesOf(store, 'pairs_total')).toEqual({
      '{kind="a",name="1"}': 1,
      '{kind="a",name="2"}': 1,
      '{kind="a",name="3"}': 1,
      '{kind="a",name="known"}': 1,
      '{kind="b",name="1"}': 1,
      '{kind="b",name="other"}': 2,
      '{kind="b",name="known"}': 1,
    })
  })

  it('is freed when a series is removed, although `other` exists by then', () => {
    const store = createStore({ catalog })
    for (const name of ['1', '2', '3', '4', '5']) store.metrics.pairs_total.add(1, { kind: 'a', name })
    store.metrics.pairs_total.remove({ name: '1' })
    store.metrics.pairs_total.add(1, { kind: 'a', name: '6' })
    store.metrics.pairs_total.add(1, { kind: 'a', name: '7' })
    expect(seriesOf(store, 'pairs_total')).toMatchObject({ '{kind="a",name="6"}': 1, '{kind="a",name="other"}': 2 })
  })

  it('is not freed by a series that does not use it', () => {
    const store = createStore({ catalog })
    for (const name of ['1', '2', '3', '4', 'known']) store.metrics.pairs_total.add(1, { kind: 'a', name })
    store.metrics.pairs_total.remove({ name: 'known' })
    store.metrics.pairs_total.add(1, { kind: 'a', name: '5' })
    expect(Object.keys(seriesOf(store, 'pairs_total'))).toContain('{kind="a",name="other"}')
  })

  it('comes from `limits` if the entry has none', () => {
    const store = createStore({ catalog, limits: { seriesPerMetric: 1 } })
    for (const model of ['m1', 'm2', 'm3']) store.metrics.calls_total.add(1, { model })
    expect(seriesOf(store, 'calls_total')).toEqual({ '{model="m1"}': 1, '{model="other"}': 2 })
    const narrow = createStore({ catalog, limits: { valuesPerLabel: 2, valueLength: 3 } })
    for (const model of ['m1234', 'm1299', 'n', 'o']) narrow.metrics.calls_total.add(1, { model })
    expect(seriesOf(narrow, 'calls_total')).toEqual({ '{model="m12"}': 2, '{model="n"}': 1, '{model="other"}': 1 })
  })

  it('applies to a handle whose series was removed', () => {
    const store = createStore({ catalog })
    const handle = store.metrics.small_total.with({ name: 'gone' })
    store.metrics.small_total.remove({ name: 'gone' })
    for (const name of ['1', '2', '3']) store.metrics.small_total.add(1, { name })
    handle.add(5)
    expect(seriesOf(store, 'small_total')).toMatchObject({ '{name="other"}': 5 })
  })
})

it('removed series leave no memory', () => {
  const store = createStore({ catalog })
  const left = leftBy(() => {
    for (let i = 0; i < 50_000; i++) {
      store.metrics.pairs_total.add(1, { kind: 'a', name: `n-${i}` })
      store.metrics.deep_total.add(1, { first: `n-${i}`, second: 'x', third: 'y' })
      store.metrics.pairs_total.remove({ name: `n-${i}` })
      store.metrics.deep_total.remove({ first: `n-${i}` })
    }
  })
  expect(left).toBeLessThan(8)
})

it('values folded by self-metrics are not counted, which would never end', () => {
  const store = createStore()
  for (let i = 0; i < 2000; i++) store.drop(`metric-${i}`, 'bad_label')
  expect(sum(seriesOf(store, 'quipu_dropped_total'))).toBe(2000)
  expect(seriesOf(store, 'quipu_folded_total')).toEqual({})
})

it('the number of series of a metric is a metric, also at zero', () => {
  const store = createStore({ catalog })
  const held = () => seriesOf(store, 'quipu_series')['{metric="small_total"}']
  store.metrics.small_total.add(1, { name: '1' })
  store.metrics.small_total.add(1, { name: '2' })
  expect(held()).toBe(2)
  store.metrics.small_total.remove()
  expect(held()).toBe(0)
})

it('a recorded value `other` does not count as folded', () => {
  const store = createStore({ catalog })
  store.metrics.calls_total.add(1, { model: 'other' })
  store.metrics.calls_total.add(1, { model: 'no such model, it is a sentence' })
  store.metrics.calls_total.add(1, { model: 'nor is this one, it is another sentence' })
  expect(seriesOf(store, 'calls_total')).toEqual({ '{model="other"}': 3 })
  expect(seriesOf(store, 'quipu_folded_total')).toEqual({ '{metric="calls_total",label="model"}': 2 })
})
