import { parser } from '@prometheus-io/lezer-promql'
import { describe, expect, test } from 'vitest'
import type { Family, FamilyType } from '../history/family.js'
import { promqlOf, readingsOf } from './promql.js'

const family = (type: FamilyType, name: string, queryName = name): Family => ({
  name,
  queryName,
  type,
  help: '',
  unit: '',
  page: 'custom_metrics',
  series: new Map(),
})

const families = [
  family('counter', 'llm_requests', 'llm_requests_total'),
  family('gauge', 'app_active_sessions'),
  family('histogram', 'llm_request_duration_seconds'),
  family('summary', 'llm_completion_size_bytes'),
  family('unknown', 'http.server.requests'),
]

describe.each(families)('the query of $type $name', (each) => {
  test.each(readingsOf(each).flatMap((reading) => [[reading, []] as const, [reading, ['model', 'a.b']] as const]))(
    '%s split by %j is PromQL',
    (reading, labels) => {
      const query = promqlOf(each, reading, labels)
      const errors: string[] = []
      parser.parse(query).iterate({
        enter: ({ type, from }) => {
          if (type.isError) errors.push(query.slice(from))
        },
      })
      expect({ query, errors }).toEqual({ query, errors: [] })
    },
  )
})

test('equals the hand-written query', () => {
  const [counter, , histogram] = families
  expect(counter && promqlOf(counter, 'rate', ['model'])).toBe('sum by (model)(rate(llm_requests_total[5m]))')
  expect(histogram && promqlOf(histogram, 'p95', [])).toBe(
    'histogram_quantile(0.95, sum by (le) (rate(llm_request_duration_seconds_bucket[5m])))',
  )
})
