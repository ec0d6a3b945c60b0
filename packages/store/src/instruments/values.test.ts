import { DiagLogLevel, diag } from '@opentelemetry/api'
import { defineMetrics } from '@quipu/catalog'
import { createTestClock, createTestRecorder } from '@quipu/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { drops, seriesOf } from '../../fixtures/all-series.js'
import { createStore } from '../create-store.js'

const catalog = defineMetrics({
  bytes_total: { kind: 'counter', help: 'Only up', unit: 'By', labels: { model: 'model' } },
  waiting: { kind: 'upDownCounter', help: 'Up and down', labels: { model: 'model' } },
  level: { kind: 'gauge', help: 'Now', merge: 'last', labels: { model: 'model' } },
  sizes: { kind: 'histogram', help: 'Sizes', buckets: [1, 2, 5], labels: { model: 'model' } },
  spread: { kind: 'histogram', aggregation: 'exponential', help: 'Spread', labels: { model: 'model' } },
  lengths: { kind: 'summary', help: 'Lengths', labels: { model: 'model' } },
})
const names = ['bytes_total', 'waiting', 'level', 'sizes', 'spread', 'lengths'] as const
type Name = (typeof names)[number]
const labels = { model: 'm' }

/** Calls from JavaScript, with values that the types exclude. */
function say(store: { readonly metrics: object }, name: Name, value: unknown, through: 'call' | 'handle'): void {
  const instrument = Reflect.get(store.metrics, name)
  const target = through === 'handle' ? instrument.with(labels) : instrument
  for (const method of ['add', 'set', 'record']) target[method]?.(value, labels)
}

describe.each(['call', 'handle'] as const)('a value recorded through a %s', (through) => {
  it.each<[Name, unknown, string]>([
    ...names.flatMap((name): [Name, unknown, string][] => [
      [name, Number.NaN, 'not_finite'],
      [name, Number.POSITIVE_INFINITY, 'not_finite'],
      [name, Number.NEGATIVE_INFINITY, 'not_finite'],
      [name, 1n, 'not_a_number'],
      [name, '1', 'not_a_number'],
      [name, null, 'not_a_number'],
      [name, Symbol('1'), 'not_a_number'],
      [name, [1], 'not_a_number'],
      [name, new Number(1), 'not_a_number'],
      [name, { valueOf: () => 1 }, 'not_a_number'],
    ]),
    ['bytes_total', -1, 'negative'],
    ['sizes', -0.001, 'negative'],
    ['spread', -1, 'negative'],
    ['lengths', -1, 'negative'],
  ])('%s rejects %o: %s', (name, value, reason) => {
    const store = createStore({ catalog })
    say(store, name, 2, through)
    const before = seriesOf(store, name)
    say(store, name, value, through)
    expect(seriesOf(store, name)).toEqual(before)
    expect(drops(store)).toEqual({ [`${name} ${reason}`]: 1 })
    say(store, name, 2, through)
    expect(drops(store)).toEqual({ [`${name} ${reason}`]: 1 })
  })

  it.each<[Name, number, number]>([
    ['bytes_total', Number.MAX_VALUE, 1e308],
    ['waiting', -Number.MAX_VALUE, -1e308],
    ['sizes', Number.MAX_VALUE, 1e308],
    ['spread', Number.MAX_VALUE, 1e308],
    ['lengths', Number.MAX_VALUE, 1e308],
  ])('%s stays at %d when more would make it infinite', (name, first, more) => {
    const store = createStore({ catalog })
    say(store, name, first, through)
    const before = seriesOf(store, name)
    say(store, name, more, through)
    expect(seriesOf(store, name)).toEqual(before)
    expect(drops(store)).toEqual({ [`${name} not_finite`]: 1 })
  })
})

it.each(names)('%s changes its version only after accepting a value, through a call or a handle', (name) => {
  const store = createStore({ catalog })
  const reading = store.readings().find((one) => one.name === name)
  const versions = new Set([reading?.version()])
  for (const through of ['call', 'handle', 'call'] as const) {
    say(store, name, 2, through)
    versions.add(reading?.version())
    say(store, name, Number.NaN, through)
    expect(versions).toContain(reading?.version())
  }
  expect(versions.size).toBe(4)
})

it('an instrument without a value does not count one', () => {
  const store = createStore({ catalog })
  say(store, 'bytes_total', undefined, 'call')
  expect(drops(store)).toEqual({ 'bytes_total not_a_number': 1 })
})

it('a handle of a counter adds 1 by default', () => {
  const store = createTestRecorder({ catalog })
  const handle = store.metrics.bytes_total.with(labels)
  handle.add()
  handle.add(2.5)
  expect(store.value('bytes_total', labels)).toBe(3.5)
})

it('an up-down counter can be negative', () => {
  const store = createTestRecorder({ catalog })
  store.metrics.waiting.add(2, labels)
  store.metrics.waiting.add(-5, labels)
  expect(store.value('waiting', labels)).toBe(-3)
})

it('a gauge has its last value, which can be negative', () => {
  const store = createTestRecorder({ catalog })
  store.metrics.level.set(7, labels)
  store.metrics.level.set(-2, labels)
  expect(store.value('level', labels)).toBe(-2)
})

it('a value equal to a bound is in its bucket, the smallest larger value in the next', () => {
  const store = createTestRecorder({ catalog })
  const held = () => store.value('sizes', labels)
  for (const value of [0, 1, 1 + Number.EPSILON, 2, 5, 5.000001, 1e9]) store.metrics.sizes.record(value, labels)
  expect(held()).toMatchObject({ count: 7, buckets: { '1': 2, '2': 4, '5': 5, '+Inf': 7 } })
})

it('a summary is its count and sum, without quantiles', () => {
  const store = createTestRecorder({ catalog })
  for (const value of [1, 2, 3]) store.metrics.lengths.record(value, labels)
  expect(store.value('lengths', labels)).toEqual({ count: 3, sum: 6 })
})

describe('a dropped value', () => {
  const said: string[] = []
  const listen = () => {
    said.length = 0
    const say = (...words: unknown[]): void => void said.push(words.join(' '))
    diag.setLogger(
      { error: say, warn: say, info: say, debug: say, verbose: say },
      { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
    )
    said.length = 0
  }
  afterEach(() => diag.disable())

  it('is reported once per cause and metric, without the value', () => {
    listen()
    const store = createStore({ catalog })
    for (let i = 0; i < 3; i++) {
      store.metrics.bytes_total.add(-4711, labels)
      store.metrics.bytes_total.add(Number.NaN, labels)
      store.metrics.sizes.record(-4711, labels)
      say(store, 'sizes', 'secret', 'call')
      store.metrics.level.set(1, { model: {} } as never)
      store.recordMetric('no_such_metric', 4711, { secret: 'secret' })
    }
    expect(said).toHaveLength(6)
    expect(said.join('\n')).not.toMatch(/4711|secret|\bm\b/)
    expect(said[0]).toBe(
      'quipu: bytes_total was not recorded: the value is negative. It is counted on quipu_dropped_total and not reported again.',
    )
  })

  it('is counted even if the logger throws', () => {
    diag.setLogger(
      new Proxy({} as never, {
        get: () => () => {
          throw new Error('logger')
        },
      }),
      { suppressOverrideMessage: true },
    )
    const store = createStore({ catalog })
    store.metrics.bytes_total.add(-1, labels)
    expect(drops(store)).toEqual({ 'bytes_total negative': 1 })
  })

  it('throws in a strict store, with a fix', () => {
    const store = createTestRecorder({ catalog, clock: createTestClock() })
    expect(() => store.metrics.bytes_total.add(-1, labels)).toThrow(
      expect.objectContaining({
        code: 'QUIPU_STRICT',
        what: 'bytes_total was not recorded: the value is negative.',
        got: 'negative',
      }),
    )
  })
})
