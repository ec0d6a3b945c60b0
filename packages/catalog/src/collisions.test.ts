import { expect, test } from 'vitest'
import { checkNames } from './collisions.js'
import type { MetricSpecs } from './types.js'

const gauge = { kind: 'gauge', help: 'x' } as const
const counter = { kind: 'counter', help: 'x' } as const
const histogram = { kind: 'histogram', help: 'x' } as const
const summary = { kind: 'summary', help: 'x' } as const

test.each<[what: string, metrics: MetricSpecs]>([
  [
    'b and a_total would both be exported as a_total',
    { a_total: counter, b: { ...counter, prometheusName: 'a_total' } },
  ],
  ['a and a_total would both be exported as a_total', { a_total: counter, a: counter }],
  ['a.b and a_b would both be exported as a_b', { a_b: gauge, 'a.b': gauge }],
  [
    'A and a would both be exported as A',
    { a: { ...gauge, exportTo: ['prometheus'] }, A: { ...gauge, exportTo: ['prometheus'] } },
  ],
  [
    'wait and wait_seconds would both be exported as wait_seconds',
    { wait_seconds: gauge, wait: { ...gauge, unit: 's' } },
  ],
  ['x_count and x would both be exported as x_count', { x: histogram, x_count: gauge }],
  ['x_sum and x would both be exported as x_sum', { x: summary, x_sum: gauge }],
  ['x and x_bucket would both be exported as x_bucket', { x_bucket: gauge, x: histogram }],
  // OpenMetrics: the family of a counter has no _total
  ['x and x_total would both be exported as x', { x_total: counter, x: gauge }],
])('metrics that would share a name are refused: %s', (what, metrics) => {
  expect(() => checkNames(metrics)).toThrow(what)
})

test.each<[what: string, metrics: MetricSpecs]>([
  ['a summary has no buckets', { x: summary, x_bucket: gauge }],
  [
    'they have different outputs',
    { x_total: { ...counter, exportTo: ['prometheus'] }, x: { ...counter, exportTo: ['otlp'] } },
  ],
  [
    'the names are alike over OTLP, but in different scopes',
    {
      x: { ...gauge, exportTo: ['otlp'] },
      y: { ...gauge, exportTo: ['otlp'], otlpName: 'x', vocabulary: 'aki' },
    },
  ],
])('metrics with similar names are accepted: %s', (_, metrics) => {
  expect(() => checkNames(metrics)).not.toThrow()
})

test('two metrics with one name in one OTLP scope are refused', () => {
  const otlp = { ...gauge, exportTo: ['otlp'] } as const
  expect(() => checkNames({ x: otlp, y: { ...otlp, otlpName: 'X' } })).toThrow('y and x would both be exported as X')
})

test.each(['le', 'quantile', 'otel_scope_name', 'otel.scope.version', '__name__', '_.meta'])(
  'the label %s is refused, because the exposition formats use it',
  (label) => {
    expect(() => checkNames({ x: { ...gauge, labels: { [label]: 'name' } } })).toThrow(
      expect.objectContaining({ code: 'QUIPU_CATALOG_RESERVED_LABEL' }),
    )
  },
)

test('labels with the same name on pages are refused', () => {
  expect(() => checkNames({ x: { ...gauge, labels: { 'a.b': 'name', a_b: 'name' } } })).toThrow(
    expect.objectContaining({
      code: 'QUIPU_CATALOG_LABEL_COLLISION',
      what: 'The labels a.b and a_b of x would both be exported as a_b.',
    }),
  )
})
