import { expect, test } from 'vitest'
import { seriesOf } from '../../fixtures/all-series.js'
import { createRecorder } from '../create-recorder.js'

const report = { method: 'GET', statusCode: 200, durationMs: 1 }

test.each(['/404', '/reports/2024', '/deadbeefdeadbeefdeadbeef', '/a b', '/über', '/re/(\\d+)'])(
  'a route that a router declared is kept as declared: %s',
  (endpoint) => {
    const recorder = createRecorder()
    recorder.declareRoute(endpoint)
    recorder.observeRequest({ ...report, endpoint })
    expect(Object.keys(seriesOf(recorder, 'app_requests_total'))).toEqual([
      `{endpoint=${JSON.stringify(endpoint)},method="GET",status_code="200"}`,
    ])
  },
)

test('an endpoint that no router declared has its identifiers replaced', () => {
  const recorder = createRecorder()
  recorder.observeRequest({ ...report, endpoint: '/users/42' })
  expect(Object.keys(seriesOf(recorder, 'app_requests_total'))).toEqual([
    '{endpoint="/users/:id",method="GET",status_code="200"}',
  ])
})

test('routes that are declared from data fold into other over the budget', () => {
  const recorder = createRecorder()
  for (let i = 0; i < 10_000; i++) {
    recorder.declareRoute(`/pages/${i}`)
    recorder.observeRequest({ ...report, endpoint: `/pages/${i}` })
  }
  expect(Object.keys(seriesOf(recorder, 'app_requests_total')).length).toBeLessThanOrEqual(201)
})
