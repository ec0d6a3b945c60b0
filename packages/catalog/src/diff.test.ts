import { expect, test } from 'vitest'
import { builtinCatalog } from './builtin-catalog.js'
import { diff } from './diff.js'
import type { EventSpec, MetricSpec } from './types.js'

const metric: MetricSpec = {
  kind: 'histogram',
  help: 'Waiting',
  unit: 's',
  buckets: [1, 2],
  budget: 100,
  privacy: 'pseudonymous',
  labels: {
    queue: ['fast', 'slow'],
    tenant: { class: 'name', values: ['acme'], budget: 50 },
    shard: { class: 'name', optional: true },
  },
}
const event: EventSpec = { help: 'An order', fields: { items: 'count', channel: ['web', 'app'] } }
const ofMetrics = (before: object, after: object) =>
  diff(
    { metrics: { wait: { ...metric, ...before } }, events: {} },
    { metrics: { wait: { ...metric, ...after } }, events: {} },
  )
const withLabels = (labels: NonNullable<MetricSpec['labels']>) => ({ labels: { ...metric.labels, ...labels } })

test('a catalogue equals itself', () => {
  expect(diff(builtinCatalog, structuredClone(builtinCatalog))).toEqual([])
})

test.each<[change: string, after: object]>([
  ['kind changed from histogram to gauge', { kind: 'gauge' }],
  ['unit changed from s to ms', { unit: 'ms' }],
  ['name on pages changed from wait_seconds to wait', { prometheusName: 'wait' }],
  ['name over OTLP changed from wait to idle', { otlpName: 'idle' }],
  ['scope changed from quipu.app to quipu.aki', { vocabulary: 'aki' }],
  ['buckets changed from [1,2] to [1,2,3]', { buckets: [1, 2, 3] }],
  ['aggregation changed from explicit to exponential', { aggregation: 'exponential' }],
  ['merge changed from sum to max', { merge: 'max' }],
  ['privacy changed from pseudonymous to personal', { privacy: 'personal' }],
  ['export to prometheus removed', { exportTo: ['otlp'] }],
  ['budget changed from 100 to 50', { budget: 50 }],
  ['label queue removed', { labels: { tenant: metric.labels!.tenant, shard: metric.labels!.shard } }],
  ['label zone added', withLabels({ zone: 'name' })],
  ['label queue value slow removed', withLabels({ queue: ['fast'] })],
  ['label tenant class changed from name to id', withLabels({ tenant: { class: 'id', values: ['acme'], budget: 50 } })],
  ['label tenant budget changed from 50 to 5', withLabels({ tenant: { class: 'name', values: ['acme'], budget: 5 } })],
])('breaking: %s', (change, after) => {
  expect(ofMetrics({}, after)).toContainEqual({ breaking: true, of: 'metric', name: 'wait', change })
})

test.each<[change: string, after: object]>([
  ['help changed from Waiting to Waiting time', { help: 'Waiting time' }],
  ['budget changed from 100 to 200', { budget: 200 }],
  ['privacy changed from pseudonymous to none', { privacy: 'none' }],
  ['label zone added', withLabels({ zone: { class: 'name', optional: true } })],
  ['label queue value idle added', withLabels({ queue: ['fast', 'slow', 'idle'] })],
  ['label queue class changed from none to name', withLabels({ queue: { class: 'name', values: ['fast', 'slow'] } })],
  ['label tenant value acme removed', withLabels({ tenant: { class: 'name', budget: 50 } })],
  ['label shard optional changed from true to false', withLabels({ shard: 'name' })],
])('not breaking: %s', (change, after) => {
  expect(ofMetrics({}, after)).toEqual([{ breaking: false, of: 'metric', name: 'wait', change }])
})

test('an added metric breaks nothing, a removed one does, and breaking changes come first', () => {
  const before = { metrics: { old: metric }, events: {} }
  const after = { metrics: { fresh: metric }, events: {} }
  expect(diff(before, after)).toEqual([
    { breaking: true, of: 'metric', name: 'old', change: 'removed' },
    { breaking: false, of: 'metric', name: 'fresh', change: 'added' },
  ])
})

test.each<[breaking: boolean, change: string, after: EventSpec['fields']]>([
  [true, 'field items removed', { channel: ['web', 'app'] }],
  [true, 'field items changed from count to bytes', { items: 'bytes', channel: ['web', 'app'] }],
  [true, 'field channel value app removed', { items: 'count', channel: ['web'] }],
  [false, 'field channel value fax added', { items: 'count', channel: ['web', 'app', 'fax'] }],
  [false, 'field size added', { ...event.fields, size: 'bytes' }],
])('of an event, breaking %s: %s', (breaking, change, fields) => {
  const before = { metrics: {}, events: { order: event } }
  const after = { metrics: {}, events: { order: { ...event, fields } } }
  expect(diff(before, after)).toEqual([{ breaking, of: 'event', name: 'order', change }])
})

test('a removed event is breaking', () => {
  expect(diff({ metrics: {}, events: { order: event } }, { metrics: {}, events: {} })).toEqual([
    { breaking: true, of: 'event', name: 'order', change: 'removed' },
  ])
})
