import { describe, expect, it } from 'vitest'
import { allSeries, type Held } from '../../../store/fixtures/all-series.js'
import { createRecorder, type Recorder } from '../index.js'

const once = { count: 1, sum: 0 }

describe('requests', () => {
  const observe = (...requests: Parameters<Recorder['observeRequest']>[0][]) => {
    const recorder = createRecorder()
    for (const request of requests) recorder.observeRequest(request)
    return recorder
  }
  it.each<[string, object, Record<string, Held>]>([
    [
      'that succeed',
      { endpoint: '/users/:id', method: 'GET', statusCode: 200, durationMs: 12 },
      {
        'app_requests_total{endpoint="/users/:id",method="GET",status_code="200"}': 1,
        'app_request_duration_seconds{endpoint="/users/:id",method="GET"}': { count: 1, sum: 0.012 },
      },
    ],
    [
      'that the client spoilt',
      { endpoint: '/a', method: 'post', statusCode: 404, durationMs: 0 },
      {
        'app_requests_total{endpoint="/a",method="POST",status_code="404"}': 1,
        'app_request_duration_seconds{endpoint="/a",method="POST"}': once,
        'app_errors_total{endpoint="/a",error_type="client_error"}': 1,
      },
    ],
    [
      'that threw (T9)',
      { endpoint: '/a', method: 'GET', statusCode: 500, durationMs: 0 },
      {
        'app_requests_total{endpoint="/a",method="GET",status_code="500"}': 1,
        'app_request_duration_seconds{endpoint="/a",method="GET"}': once,
        'app_errors_total{endpoint="/a",error_type="server_error"}': 1,
      },
    ],
    [
      'that the client left',
      { endpoint: '/a', method: 'GET', statusCode: 499, durationMs: 0 },
      {
        'app_requests_total{endpoint="/a",method="GET",status_code="499"}': 1,
        'app_request_duration_seconds{endpoint="/a",method="GET"}': once,
        'app_errors_total{endpoint="/a",error_type="client_error"}': 1,
      },
    ],
    [
      'that no route matched (T8)',
      { method: 'BREW', statusCode: 299, durationMs: 0 },
      {
        'app_requests_total{endpoint="unmatched",method="OTHER",status_code="299"}': 1,
        'app_request_duration_seconds{endpoint="unmatched",method="OTHER"}': once,
      },
    ],
    [
      'with a path for a route',
      { endpoint: '/users/42/files/bob@example.com?token=s3cret', method: 'GET', statusCode: 200, durationMs: 0 },
      {
        'app_requests_total{endpoint="/users/:id/files/:id",method="GET",status_code="200"}': 1,
        'app_request_duration_seconds{endpoint="/users/:id/files/:id",method="GET"}': once,
      },
    ],
    [
      'with an invalid status',
      { endpoint: '/a', method: 'GET', statusCode: 0, durationMs: 0 },
      {
        'app_requests_total{endpoint="/a",method="GET",status_code="other"}': 1,
        'app_request_duration_seconds{endpoint="/a",method="GET"}': once,
      },
    ],
    [
      'with an invalid time',
      { endpoint: '/a', method: 'GET', statusCode: 500, durationMs: null },
      {
        'app_requests_total{endpoint="/a",method="GET",status_code="500"}': 1,
        'app_errors_total{endpoint="/a",error_type="server_error"}': 1,
      },
    ],
    [
      'with a status that throws',
      { endpoint: '/a', method: 'GET', statusCode: Symbol('200'), durationMs: 5 },
      {
        'app_request_duration_seconds{endpoint="/a",method="GET"}': { count: 1, sum: 0.005 },
      },
    ],
  ])('%s', (_, request, series) => {
    expect(allSeries(observe(request as Parameters<Recorder['observeRequest']>[0]))).toEqual(series)
  })
})
