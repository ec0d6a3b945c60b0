import { defineMetrics } from '@quipu/catalog'
import { expect, test } from 'vitest'
import { seriesOf } from '../../fixtures/all-series.js'
import { createStore } from '../create-store.js'

const request = { method: 'GET', status_code: 200 }

test.each(['/404', '/reports/2024', '/deadbeefdeadbeefdeadbeef', '/a b', '/über', '/re/(\\d+)'])(
  'a route that a router declared is kept as declared: %s',
  (endpoint) => {
    const store = createStore()
    store.declareRoute(endpoint)
    store.metrics.app_requests_total.add(1, { ...request, endpoint })
    expect(Object.keys(seriesOf(store, 'app_requests_total'))).toEqual([
      `{endpoint=${JSON.stringify(endpoint)},method="GET",status_code="200"}`,
    ])
  },
)

test.each([
  ['/dyn/jane@example.com', '/dyn/:id'],
  ['/dyn/jane%40example.com', '/dyn/:id'],
  ['/u/12345678', '/u/:id'],
  ['/reset/eyJhbGciOiJIUzI1NiJ9.SECRETTOKEN.sig', '/reset/:id'],
  ['/k/550e8400-e29b-41d4-a716-446655440000', '/k/:id'],
])('a route declared from data contains no personal value: %s', (declared, endpoint) => {
  const store = createStore()
  store.declareRoute(declared)
  store.metrics.app_requests_total.add(1, { ...request, endpoint: declared })
  expect(Object.keys(seriesOf(store, 'app_requests_total'))).toEqual([
    `{endpoint="${endpoint}",method="GET",status_code="200"}`,
  ])
})

test.each([
  ['/users/42', '/users/:id'],
  ['/reset/eyJhbGciOiJIUzI1NiJ9.SECRETTOKEN.sig', '/reset/:id'],
  ['/keys/sk-proj-a1b2c3d4e5f6g7h8i9', '/keys/:id'],
  ['/orgs/:organizationIdentifier2/v2', '/orgs/:organizationIdentifier2/v2'],
  ['/.well-known/oauth2-authorization-server', '/.well-known/oauth2-authorization-server'],
])('identifiers and tokens are replaced in an undeclared endpoint: %s', (endpoint, expected) => {
  const store = createStore()
  store.metrics.app_requests_total.add(1, { ...request, endpoint })
  expect(Object.keys(seriesOf(store, 'app_requests_total'))).toEqual([
    `{endpoint="${expected}",method="GET",status_code="200"}`,
  ])
})

test('a declared route is a value of routes only', () => {
  const catalog = defineMetrics({ steps_total: { kind: 'counter', help: 'Steps', labels: { step: 'name' } } })
  const store = createStore({ catalog })
  store.declareRoute('/a b')
  store.metrics.steps_total.add(1, { step: '/a b' })
  expect(seriesOf(store, 'steps_total')).toEqual({ '{step="other"}': 1 })
})

test('routes declared from data fold into other over the budget', () => {
  const store = createStore()
  for (let i = 0; i < 10_000; i++) {
    store.declareRoute(`/pages/${i}`)
    store.metrics.app_requests_total.add(1, { ...request, endpoint: `/pages/${i}` })
  }
  expect(Object.keys(seriesOf(store, 'app_requests_total')).length).toBeLessThanOrEqual(201)
})
