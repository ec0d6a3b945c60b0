import { expect, test } from 'vitest'
import type { MetricSpec } from '../types.js'
import { lint } from './lint.js'

const rulesOf = (name: string, spec: MetricSpec) =>
  lint({ metrics: { [name]: spec }, events: {} }).map(({ rule }) => rule)

const gauge = { kind: 'gauge', help: 'x', merge: 'sum' } as const
const counter = { kind: 'counter', help: 'x' } as const

test.each<[rule: string, name: string, spec: MetricSpec]>([
  ['help', 'depth', { ...gauge, help: '' }],
  ['counter-total', 'orders', { ...counter, prometheusName: 'orders' }],
  ['non-counter-total', 'depth_total', gauge],
  ['base-unit', 'wait', { ...gauge, unit: 'ms' }],
  ['base-unit', 'size_kilobytes', gauge],
  ['unit-abbreviation', 'wait_ms', gauge],
  ['type-in-name', 'depth_gauge', gauge],
  ['camel-case', 'queueDepth', gauge],
  ['camel-case', 'depth', { ...gauge, labels: { queueName: 'name' } }],
  ['reserved-character', 'job:depth', gauge],
  ['reserved-suffix', 'depth_bucket', gauge],
  ['reserved-suffix', 'depth_count', gauge],
  ['reserved-label', 'depth', { ...gauge, labels: { job: 'name' } }],
  ['reserved-label', 'depth', { ...gauge, labels: { le: 'name' } }],
  ['otel-case', 'queue.Depth', gauge],
  ['otel-total', 'queue.total', counter],
  ['otel-unit', 'queue.wait_seconds', { ...gauge, unit: 's' }],
  ['ucum', 'wait', { ...gauge, unit: 'seconds' }],
  ['gauge-merge', 'depth', { kind: 'gauge', help: 'x' }],
  ['privacy', 'depth', { ...gauge, labels: { owner: 'id' } }],
  ['privacy', 'depth', { ...gauge, labels: { email: 'text' } }],
])('rule %s, and no other rule, reports %s', (rule, name, spec) => {
  expect(rulesOf(name, spec)).toEqual([rule])
})

test('a metric cannot be the namespace of another', () => {
  const findings = lint({ metrics: { 'queue.depth': gauge, 'queue.depth.max': gauge }, events: {} })
  expect(findings).toEqual([
    { rule: 'otel-namespace', name: 'queue.depth', message: 'is a metric and also the namespace of queue.depth.max' },
  ])
})

test('all collisions of names are found', () => {
  const findings = lint({ metrics: { a_total: counter, a: counter, b_total: counter, b: counter }, events: {} })
  expect(findings.map(({ rule, name }) => [rule, name])).toEqual([
    ['duplicate', 'a'],
    ['duplicate', 'b'],
  ])
})

test.each<[name: string, spec: MetricSpec]>([
  ['shop_orders_total', { ...counter, labels: { channel: ['web', 'app'] } }],
  ['queue.wait.duration', { kind: 'histogram', help: 'x', unit: 's' }],
  ['wait_ms', { ...gauge, exportTo: ['otlp'] }],
  ['depth', { ...gauge, labels: { user_id: 'id' }, privacy: 'pseudonymous' }],
  ['depth', { ...gauge, labels: { user: ['internal', 'external'] } }],
])('no rule reports %s: %j', (name, spec) => {
  expect(rulesOf(name, spec)).toEqual([])
})

test('an exception exempts one metric from one rule', () => {
  const catalog = { metrics: { wait_ms: gauge, idle_ms: gauge }, events: {} }
  const exceptions = [{ rule: 'unit-abbreviation', name: 'wait_ms', reason: 'an old board reads it' }] as const
  expect(lint(catalog, { exceptions }).map(({ name }) => name)).toEqual(['idle_ms'])
})
