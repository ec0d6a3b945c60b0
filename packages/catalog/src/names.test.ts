import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exportedNames, labelNameOnPage, toPrometheusName } from './names.js'
import type { MetricKind } from './types.js'

test.each<[name: string, kind: MetricKind, unit: string | undefined, onPage: string]>([
  // counters end in _total, once
  ['orders', 'counter', undefined, 'orders_total'],
  ['orders_total', 'counter', undefined, 'orders_total'],
  ['total_orders', 'counter', undefined, 'orders_total'],
  ['orders_total', 'gauge', undefined, 'orders_total'],
  ['io', 'counter', 'By', 'io_bytes_total'],
  ['io_bytes_total', 'counter', 'By', 'io_bytes_total'],
  // units
  ['wait', 'histogram', 's', 'wait_seconds'],
  ['wait_seconds', 'histogram', 's', 'wait_seconds'],
  ['wait', 'histogram', 'ms', 'wait_milliseconds'],
  ['size', 'summary', 'By', 'size_bytes'],
  ['heap', 'gauge', 'MiBy', 'heap_mebibytes'],
  ['speed', 'gauge', 'm/s', 'speed_meters_per_second'],
  ['speed_per_second', 'gauge', 'm/s', 'speed_per_second_meters'],
  ['io.rate', 'gauge', 'By/s', 'io_rate_bytes_per_second'],
  ['load', 'gauge', '%', 'load_percent'],
  ['tokens', 'histogram', '{token}', 'tokens'],
  ['arrivals', 'gauge', '{packet}/s', 'arrivals_per_second'],
  ['cost', 'counter', 'USD', 'cost_USD_total'],
  // 1 is a ratio on gauges only
  ['hit', 'gauge', '1', 'hit_ratio'],
  ['hit_ratio', 'gauge', '1', 'hit_ratio'],
  ['hits', 'counter', '1', 'hits_total'],
  ['score', 'histogram', '1', 'score'],
  // characters
  ['gen_ai.client.operation.duration', 'histogram', 's', 'gen_ai_client_operation_duration_seconds'],
  ['a-b/c  d', 'gauge', undefined, 'a_b_c_d'],
  ['a__b', 'gauge', undefined, 'a_b'],
  ['1st', 'gauge', undefined, '_1st'],
  ['job:rate', 'gauge', undefined, 'job:rate'],
])('%s, a %s in %s, is %s on a page', (name, kind, unit, onPage) => {
  expect(toPrometheusName(name, kind, unit)).toBe(onPage)
})

test('a name on a page is valid, and does not change when it is translated again', () => {
  const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.\-/]{0,30}$/)
  const kind = fc.constantFrom<MetricKind>('counter', 'upDownCounter', 'gauge', 'histogram', 'summary')
  const unit = fc.constantFrom('s', 'ms', 'By', 'By/s', '{token}', '{token}/s', '1', '%', 'USD', 'm/s', undefined)
  fc.assert(
    fc.property(name, kind, unit, (name, kind, unit) => {
      const onPage = toPrometheusName(name, kind, unit)
      expect(onPage).toMatch(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/)
      expect(toPrometheusName(onPage, kind, unit)).toBe(onPage)
    }),
  )
})

test('Aki’s names are unchanged over OTLP and prefixed on pages', () => {
  const spec = { kind: 'counter', help: 'x', unit: '{action}', vocabulary: 'aki' } as const
  expect(exportedNames('user_action', spec)).toEqual({
    prometheus: 'aki_user_action_total',
    otlp: 'user_action',
    scope: 'quipu.aki',
  })
})

test('Aki’s prefix is not doubled', () => {
  const spec = { kind: 'gauge', help: 'x', vocabulary: 'aki' } as const
  expect(exportedNames('aki_active_users', spec).prometheus).toBe('aki_active_users')
})

test('each vocabulary, your own metrics and Quipu’s own have a scope each', () => {
  const scopeOf = (vocabulary?: 'securetrack' | 'gen_ai' | 'self') =>
    exportedNames('x', { kind: 'gauge', help: 'x', ...(vocabulary && { vocabulary }) }).scope
  expect(scopeOf('securetrack')).toBe('quipu.securetrack')
  expect(scopeOf('gen_ai')).toBe('quipu.gen_ai')
  expect(scopeOf()).toBe('quipu.app')
  expect(scopeOf('self')).toBe('quipu')
})

test('names in the entry take precedence', () => {
  const spec = { kind: 'counter', help: 'x', prometheusName: 'page_total', otlpName: 'wire.name' } as const
  expect(exportedNames('x', spec)).toMatchObject({ prometheus: 'page_total', otlp: 'wire.name' })
})

test.each([
  ['gen_ai.operation.name', 'gen_ai_operation_name'],
  ['model', 'model'],
  ['1st', 'key_1st'],
  ['größe', 'gr__e'],
])('the label %s is %s on a page', (name, onPage) => {
  expect(labelNameOnPage(name)).toBe(onPage)
})
