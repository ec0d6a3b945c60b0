import { defineMetrics } from '@quipu/catalog'
import { pageOf } from '@quipu/catalog/builtin'
import { createTestClock } from '@quipu/testing'
import { describe, expect, it } from 'vitest'
import { drops, seriesOf } from '../../fixtures/all-series.js'
import { createStore } from '../create-store.js'

const catalog = defineMetrics({
  orders_total: {
    kind: 'counter',
    help: 'Orders',
    labels: { channel: ['web', 'app'], country: 'name', tier: { class: 'name', optional: true } },
  },
  plain_total: { kind: 'counter', help: 'Without labels' },
  plain_sizes: { kind: 'histogram', help: 'Without labels', buckets: [1, 2] },
  sizes: { kind: 'histogram', help: 'Sizes', buckets: [1, 2], labels: { channel: ['web', 'app'] } },
  spread: { kind: 'histogram', aggregation: 'exponential', help: 'Spread', labels: { channel: ['web', 'app'] } },
  left: { kind: 'gauge', help: 'What is left', labels: { kind: 'name' }, expireAfterMs: 1000 },
  plain_left: { kind: 'gauge', help: 'What is left of all', expireAfterMs: 1000 },
})

function setUp() {
  const clock = createTestClock()
  const store = createStore({ catalog, clock })
  const cellsOf = (name: string) =>
    store
      .readings()
      .find((one) => one.name === name)
      ?.cells() ?? []
  return { clock, store, cellsOf, ...store.metrics }
}

describe('remove', () => {
  const fill = ({ orders_total }: ReturnType<typeof setUp>) => {
    orders_total.add(1, { channel: 'web', country: 'PE' })
    orders_total.add(2, { channel: 'web', country: 'BO' })
    orders_total.add(4, { channel: 'app', country: 'PE' })
    orders_total.add(8, { channel: 'app', country: 'PE', tier: 'gold' })
  }
  it.each<[string, object | undefined, number[]]>([
    ['all labels', { channel: 'web', country: 'PE', tier: undefined }, [2, 4, 8]],
    ['some labels', { country: 'PE' }, [2]],
    ['an optional label', { tier: 'gold' }, [1, 2, 4]],
    ['no labels', undefined, []],
    ['an empty object', {}, []],
    ['a value that no series has', { country: 'XX' }, [1, 2, 4, 8]],
    ['an invalid value', { country: Symbol('PE') }, [1, 2, 4, 8]],
    ['a value that does not fit', { channel: 'fax' }, [1, 2, 4, 8]],
    ['undefined for a label that every series has', { country: undefined }, [1, 2, 4, 8]],
    ['null for one that some have', { tier: null }, [8]],
    ['undefined for one that some have', { tier: undefined, channel: 'app' }, [1, 2, 8]],
  ])('by %s leaves the others', (_, labels, left) => {
    const set = setUp()
    fill(set)
    const removed = Reflect.get(set.store.metrics, 'orders_total').remove(labels)
    const held = Object.values(seriesOf(set.store, 'orders_total')).map(Number)
    expect(held.sort((a, b) => a - b)).toEqual(left)
    expect(removed).toBe(4 - left.length)
  })

  it('removes folded values by the label `other`', () => {
    const { store, orders_total } = setUp()
    Reflect.get(store.metrics, 'orders_total').add(1, { channel: 'web', country: 'a sentence is not a name' } as never)
    expect(orders_total.remove({ country: 'other' })).toBe(1)
    expect(seriesOf(store, 'orders_total')).toEqual({})
  })

  it('never removes folded values', () => {
    const { store, orders_total } = setUp()
    Reflect.get(store.metrics, 'orders_total').add(1, { channel: 'fax', country: 'PE' } as never)
    Reflect.get(store.metrics, 'orders_total').remove({ channel: 'telex' } as never)
    expect(seriesOf(store, 'orders_total')).toEqual({ '{channel="other",country="PE"}': 1 })
    expect(orders_total.remove({ country: 'PE' })).toBe(1)
  })

  it('by throwing labels removes nothing and is reported', () => {
    const set = setUp()
    fill(set)
    Reflect.get(set.store.metrics, 'orders_total').remove(
      new Proxy(
        {},
        {
          has: () => {
            throw new Error('hostile')
          },
        },
      ),
    )
    expect(Object.keys(seriesOf(set.store, 'orders_total'))).toHaveLength(4)
    expect(drops(set.store)).toEqual({ 'orders_total threw': 1 })
  })

  it.each([undefined, null, Symbol('user-42')])(
    'of a required label without a value removes nothing: %o',
    (user_id) => {
      const { workspace_size_bytes } = createStore().metrics
      workspace_size_bytes.set(1, { user_id: 'user-42' })
      expect(workspace_size_bytes.remove({ user_id: user_id as unknown as string })).toBe(0)
      expect(workspace_size_bytes.remove({ user_id: 'user-42' })).toBe(1)
    },
  )
})

describe('after a removal', () => {
  it('a handle starts again at zero, with a new series', () => {
    const { store, clock, orders_total, cellsOf } = setUp()
    const handle = orders_total.with({ channel: 'web', country: 'PE' })
    handle.add(5)
    clock.advanceMs(1000)
    orders_total.remove({ country: 'PE' })
    expect(seriesOf(store, 'orders_total')).toEqual({})
    clock.advanceMs(1000)
    handle.add(2)
    orders_total.add(1, { channel: 'web', country: 'PE' })
    expect(seriesOf(store, 'orders_total')).toEqual({ '{channel="web",country="PE"}': 3 })
    expect(cellsOf('orders_total')[0]?.startedAtMs).toBe(2000)
  })

  it('every kind of handle still works', () => {
    const { store, sizes, spread, left } = setUp()
    const handles = [sizes.with({ channel: 'web' }), spread.with({ channel: 'web' })]
    const gauge = left.with({ kind: 'a' })
    for (const handle of handles) handle.record(5)
    gauge.set(5)
    sizes.remove()
    spread.remove()
    left.remove()
    for (const handle of handles) handle.record(1)
    gauge.set(1)
    expect(seriesOf(store, 'sizes')).toEqual({ '{channel="web"}': { count: 1, sum: 1 } })
    expect(seriesOf(store, 'spread')).toEqual({ '{channel="web"}': { count: 1, sum: 1 } })
    expect(seriesOf(store, 'left')).toEqual({ '{kind="a"}': 1 })
  })

  it('a held cell reads as zero, and never has the numbers of another series', () => {
    const { orders_total, spread, cellsOf } = setUp()
    orders_total.add(5, { channel: 'web', country: 'PE' })
    spread.record(5, { channel: 'web' })
    const [held] = cellsOf('orders_total')
    const [heldSpread] = cellsOf('spread')
    orders_total.remove()
    spread.remove()
    orders_total.add(7, { channel: 'app', country: 'BO' })
    expect(held).toMatchObject({ removed: true, values: ['web', 'PE', undefined] })
    expect(held?.data[held.at]).toBe(0)
    expect(heldSpread?.exponential).toBeUndefined()
  })

  it('the slots of removed series are reused and empty', () => {
    const { store, sizes } = setUp()
    for (let round = 0; round < 1000; round++) {
      sizes.record(round, { channel: 'web' })
      sizes.record(round, { channel: 'app' })
      sizes.remove({ channel: 'web' })
      sizes.remove({ channel: 'app' })
    }
    sizes.record(1, { channel: 'app' })
    expect(seriesOf(store, 'sizes')).toEqual({ '{channel="app"}': { count: 1, sum: 1 } })
  })

  it('a metric without labels starts again at zero', () => {
    const { store, clock, plain_sizes, plain_total, cellsOf } = setUp()
    const handle = plain_total.with()
    plain_sizes.record(1)
    plain_total.add(3)
    clock.advanceMs(500)
    expect(plain_sizes.remove()).toBe(1)
    plain_total.remove()
    expect(seriesOf(store, 'plain_sizes')).toEqual({ '': { count: 0, sum: 0 } })
    handle.add(1)
    plain_total.add(1)
    expect(seriesOf(store, 'plain_total')).toEqual({ '': 2 })
    expect(cellsOf('plain_total')[0]?.startedAtMs).toBe(500)
  })

  it('readers see a change', () => {
    const { store, orders_total } = setUp()
    const reading = store.readings().find((one) => one.name === 'orders_total')
    orders_total.add(1, { channel: 'web', country: 'PE' })
    const before = reading?.version()
    expect(reading?.version()).toBe(before)
    orders_total.remove()
    expect(reading?.version()).not.toBe(before)
  })
})

describe('a gauge that expires', () => {
  it('is exported until it was not set for this time', () => {
    const { store, clock, left } = setUp()
    left.set(1, { kind: 'a' })
    clock.advanceMs(600)
    left.set(2, { kind: 'b' })
    clock.advanceMs(600)
    expect(seriesOf(store, 'left')).toEqual({ '{kind="b"}': 2 })
    left.set(3, { kind: 'b' })
    clock.advanceMs(1000)
    expect(seriesOf(store, 'left')).toEqual({ '{kind="b"}': 3 })
    clock.advanceMs(1)
    expect(seriesOf(store, 'left')).toEqual({})
  })

  it('is removed in slices of limited size by a reader that uses slices', () => {
    const { store, clock, left } = setUp()
    const reading = store.readings().find(({ name }) => name === 'left')
    for (let i = 0; i < 10; i++) {
      left.set(i, { kind: `kind-${i}` })
      clock.advanceMs(200)
    }
    // 2,000 ms have passed: those up to the fifth are older than 1,000.
    const steps = [Number.POSITIVE_INFINITY]
    while ((steps.at(-1) ?? 0) > 0) steps.push(reading?.expireBefore?.(steps.at(-1) ?? 0, 4) ?? 0)
    expect(steps).toEqual([Number.POSITIVE_INFINITY, 6, 2, 0])
    expect(Object.keys(seriesOf(store, 'left')).sort()).toEqual([5, 6, 7, 8, 9].map((i) => `{kind="kind-${i}"}`))
  })

  it('without labels is not exported before it is set and after it has expired', () => {
    const { store, clock, plain_left } = setUp()
    expect(seriesOf(store, 'plain_left')).toEqual({})
    plain_left.set(0)
    expect(seriesOf(store, 'plain_left')).toEqual({ '': 0 })
    const handle = plain_left.with()
    clock.advanceMs(1001)
    expect(seriesOf(store, 'plain_left')).toEqual({})
    handle.set(4)
    expect(seriesOf(store, 'plain_left')).toEqual({ '': 4 })
  })
})

it('a metric without labels is at zero from the start, one with open labels has no series', () => {
  for (const reading of createStore().readings()) {
    // Sampled metrics have series once they are sampled.
    if (reading.spec.vocabulary === 'self' || pageOf(reading.spec) === 'standard') continue
    const series = Object.keys(reading.spec.labels ?? {}).length === 0 ? 1 : 0
    expect([reading.name, reading.cells().length]).toEqual([reading.name, series])
    expect(reading.cells().every(({ data, at }) => data[at] === 0)).toBe(true)
  }
})

it('a counter of two closed sets has each combination at zero, unless there are more than 32', () => {
  const channel = ['web', 'app'] as const
  const catalog = defineMetrics({
    orders_total: { kind: 'counter', help: 'Orders', labels: { channel, tier: ['free', 'paid'] } },
    days_total: {
      kind: 'counter',
      help: 'Days',
      labels: { channel, day: Array.from({ length: 17 }, (_, i) => `d${i}`) },
    },
    hours_total: {
      kind: 'counter',
      help: 'Hours',
      labels: { channel, hour: Array.from({ length: 16 }, (_, i) => `h${i}`) },
    },
    visits_total: { kind: 'counter', help: 'Visits', labels: { channel, country: 'name' } },
    sizes: { kind: 'histogram', help: 'Sizes', buckets: [1], labels: { channel } },
  })
  const store = createStore({ catalog })
  const valuesOf = (name: string) =>
    store
      .readings()
      .find((reading) => reading.name === name)
      ?.cells()
      .map(({ values }) => values.join(' '))
  expect(valuesOf('orders_total')).toEqual(['web free', 'web paid', 'app free', 'app paid'])
  expect(valuesOf('hours_total')).toHaveLength(32)
  expect([valuesOf('days_total'), valuesOf('visits_total'), valuesOf('sizes')]).toEqual([[], [], []])
  store.metrics.orders_total.remove({ channel: 'web' })
  expect(valuesOf('orders_total')?.sort()).toEqual(['app free', 'app paid'])
})

it('announces removals to listeners, also of unknown series, but not removals of other processes', () => {
  const { store } = setUp()
  const reading = store.readings().find(({ name }) => name === 'orders_total')
  const heard: unknown[] = []
  reading?.onRemoval?.((removal) => heard.push(removal))
  store.metrics.orders_total.remove({ channel: 'web', tier: undefined })
  store.metrics.orders_total.remove()
  // No series can have this value.
  store.metrics.orders_total.remove({ country: Symbol('x') as unknown as string })
  expect(heard).toEqual([{ channel: 'web', tier: null }, {}])
  store.metrics.orders_total.add(1, { channel: 'web', country: 'DE' })
  store.metrics.orders_total.add(1, { channel: 'app', country: 'DE' })
  reading?.applyRemoval?.({ channel: 'web', tier: null })
  expect(heard).toHaveLength(2)
  expect(reading?.cells().map(({ values }) => values)).toEqual([['app', 'DE', undefined]])
})
