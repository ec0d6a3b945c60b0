import { expect, test } from 'vitest'
import { builtinCatalog } from './builtin-catalog.js'
import { defineEvents, defineMetrics } from './define.js'
import { QuipuError } from './errors.js'
import { mergeCatalogs } from './merge.js'
import type { MetricSpecs } from './types.js'

const orders = { kind: 'counter', help: 'Orders placed' } as const

function errorOf(act: () => unknown): QuipuError {
  try {
    act()
  } catch (error) {
    if (QuipuError.isInstance(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Passes values that JavaScript accepts and TypeScript refuses. */
const define = (specs: unknown) => defineMetrics(specs as MetricSpecs)

test('a catalogue holds the entries as written', () => {
  const shop = defineMetrics({ shop_orders_total: { ...orders, labels: { channel: ['web', 'app'], country: 'name' } } })
  expect(shop).toEqual({
    metrics: { shop_orders_total: { ...orders, labels: { channel: ['web', 'app'], country: 'name' } } },
    events: {},
  })
})

test('a prefix is added to every name', () => {
  const shop = defineMetrics({ user_action: orders }, { prefix: 'shop_' })
  expect(Object.keys(shop.metrics)).toEqual(['shop_user_action'])
})

test.each<[specs: unknown, what: string, got: string, fix: string]>([
  [null, 'The set of metrics must be of type record.', 'null', 'write { name: {'],
  [{ a: null }, 'The metric a must be of type object.', 'null', 'write { name: {'],
  [{ 'a b': orders }, 'The metric a b is not a metric name', 'an object with kind, help', 'rename it'],
  [{ a: { help: 'x' } }, 'The metric a: kind must be one of counter, upDownCounter,', 'undefined', "kind: 'counter'"],
  [{ a: { ...orders, kind: 'timer' } }, 'The metric a: kind must be one of', "'timer'", "kind: 'counter'"],
  [{ a: { kind: 'gauge' } }, 'The metric a: help must be a sentence', 'undefined', "help: 'Orders placed'"],
  [{ a: { ...orders, help: ' ' } }, 'The metric a: help must not be empty.', "' '", 'correct help'],
  [
    { a: { ...orders, lables: {} } },
    'The metric a has no key lables.',
    'an object with kind, help, lables',
    'remove lables, or correct',
  ],
  [{ a: { ...orders, labels: { x: 'nam' } } }, 'The metric a: labels.x must be one of name, text,', "'nam'", 'labels'],
  [{ a: { ...orders, labels: { x: [] } } }, 'The metric a: labels.x must have at least one value.', '[]', 'labels'],
  [
    { a: { ...orders, labels: { x: ['a', 'a'] } } },
    'The metric a: labels.x has a duplicate value.',
    "['a', 'a']",
    'labels',
  ],
  [
    { a: { ...orders, labels: { x: {} } } },
    'The metric a: labels.x must have values, a class',
    'an object with no keys',
    'labels',
  ],
  [{ a: { ...orders, labels: { x: 7 } } }, 'The metric a: labels.x must be a list of values, a class', '7', 'labels'],
  [
    { a: { ...orders, labels: { 'x y': 'name' } } },
    'The metric a: labels.x y is not a label name',
    "'name'",
    'rename it',
  ],
  [{ a: { ...orders, buckets: [1] } }, 'buckets is for a histogram, not for a counter.', '[1]', 'remove buckets'],
  [{ a: { kind: 'histogram', help: 'x', buckets: [2, 1] } }, 'buckets must ascend.', '[2, 1]', 'buckets: [0.1'],
  [{ a: { kind: 'histogram', help: 'x', buckets: [1, 1] } }, 'buckets must ascend.', '[1, 1]', 'buckets: [0.1'],
  [{ a: { kind: 'histogram', help: 'x', buckets: [Infinity] } }, 'must be a finite number.', 'Infinity', 'buckets'],
  [{ a: { kind: 'summary', help: 'x', quantiles: [1] } }, 'must lie between 0 and 1.', '1', 'quantiles'],
  [{ a: { ...orders, budget: 0 } }, 'budget must be at least 1.', '0', 'budget: 500'],
  [{ a: { ...orders, budget: 1.5 } }, 'budget must be a whole number.', '1.5', 'budget: 500'],
  [{ a: { ...orders, unit: 'per second' } }, 'unit must be ASCII without spaces.', "'per second'", "unit: 's'"],
  [{ a: { ...orders, merge: 'max' } }, 'merge is for a gauge or upDownCounter, not for a counter.', "'max'", 'merge'],
  [
    { a: { ...orders, prometheusName: 'a' } },
    'prometheusName must end in _total for a counter.',
    "'a'",
    'prometheusName',
  ],
  [{ a: { kind: 'gauge' }, b: { kind: 'gauge' } }, '(and 1 more)', 'undefined', 'help'],
])('an invalid entry is refused: %j', (specs, what, got, fix) => {
  const error = errorOf(() => define(specs))
  expect(error.code).toBe('QUIPU_CATALOG_INVALID')
  expect(error.what).toContain(what)
  expect(error.got).toContain(got)
  expect(error.fix).toContain(fix)
})

test('a long value is shortened in the error', () => {
  const { got } = errorOf(() => define({ a: { ...orders, unit: 'x'.repeat(1000) } }))
  expect(got).toHaveLength(101)
})

test('the exported name of a built-in metric is refused', () => {
  const error = errorOf(() => defineMetrics({ user_action: orders }))
  expect(error.code).toBe('QUIPU_CATALOG_NAME_COLLISION')
  expect(error.message).toBe(
    `user_action and user_action_total would both be exported as user_action_total.
  got:  counter user_action (catalog "app"), counter user_action_total (catalog "securetrack")
  fix:  give one a prefix: defineMetrics({ … }, { prefix: 'my_' })
  see:  docs/errors.md#quipu_catalog_name_collision`,
  )
})

test('the name of a built-in metric is refused', () => {
  const error = errorOf(() => defineMetrics({ feature_usage_total: orders }))
  expect(error.what).toBe('There are two different metrics called feature_usage_total.')
})

test('the name of a built-in metric that is not on a page is refused', () => {
  const error = errorOf(() => defineMetrics({ active_user: { ...orders, kind: 'gauge' } }))
  expect(error.code).toBe('QUIPU_CATALOG_NAME_COLLISION')
})

test('events keep the order of their fields', () => {
  const { events } = defineEvents({ order: { help: 'An order', fields: { items: 'count', channel: ['web', 'app'] } } })
  expect(Object.keys(events.order.fields)).toEqual(['items', 'channel'])
})

test.each([
  [{ Order: { help: 'x', fields: {} } }, 'The event Order is not an activity name'],
  [{ order: { help: 'x', fields: { 'a b': 'count' } } }, 'fields.a b is not an activity name'],
  [{ order: { help: 'x', fields: { a: 'counts' } } }, 'fields.a must be one of'],
  [{ order: { help: 'x' } }, 'fields must be of type record'],
])('an invalid event is refused: %j', (specs, what) => {
  const error = errorOf(() => defineEvents(specs as Parameters<typeof defineEvents>[0]))
  expect(error.code).toBe('QUIPU_CATALOG_INVALID')
  expect(error.what).toContain(what)
})

test('the name of a built-in event is refused', () => {
  const error = errorOf(() => defineEvents({ llm_call: { help: 'x', fields: {} } }))
  expect(error.what).toBe('There are two different events called llm_call.')
})

test('a merged catalogue has the entries of each', () => {
  const shop = defineMetrics({ shop_orders: orders })
  const events = defineEvents({ order: { help: 'An order', fields: {} } })
  const merged = mergeCatalogs(builtinCatalog, shop, events)
  expect(merged.metrics.shop_orders).toBe(shop.metrics.shop_orders)
  expect(merged.metrics.feature_usage_total).toBe(builtinCatalog.metrics.feature_usage_total)
  expect(Object.keys(merged.events)).toEqual([...Object.keys(builtinCatalog.events), 'order'])
})

test('identical entries can be merged, also from another copy of a package', () => {
  const shop = defineMetrics({ shop_orders: orders })
  const copy = structuredClone(shop)
  expect(mergeCatalogs(shop, shop, copy).metrics).toEqual(shop.metrics)
})

test('two different metrics of one name cannot be merged, even when their outputs differ', () => {
  const page = { metrics: { depth: { kind: 'gauge', help: 'x', exportTo: ['prometheus'] } }, events: {} } as const
  const wire = { metrics: { depth: { kind: 'gauge', help: 'x', exportTo: ['otlp'] } }, events: {} } as const
  expect(errorOf(() => mergeCatalogs(page, wire)).what).toBe('There are two different metrics called depth.')
})

test('a key named __proto__ is refused at any depth, because its value would not be checked', () => {
  const proto = (value: unknown): MetricSpecs => JSON.parse(`{ "__proto__": ${JSON.stringify(value)} }`)
  expect(errorOf(() => defineMetrics(proto(orders))).code).toBe('QUIPU_CATALOG_INVALID')
  const labels = proto('name') as never
  expect(errorOf(() => defineMetrics({ x_total: { ...orders, labels } })).code).toBe('QUIPU_CATALOG_INVALID')
})
