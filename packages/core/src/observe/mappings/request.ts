import type { RequestObservation } from '../observation.js'
import { createMapping, metric, once, seconds } from './mapping.js'

/** A request: its count, its duration, and for status 400 and above one of two error types. */
export const requestMapping = createMapping<RequestObservation>({
  metrics: [
    metric(
      'securetrack',
      'app_requests_total',
      (o) => ({ endpoint: o.endpoint, method: o.method, status_code: o.statusCode }),
      () => 1,
    ),
    metric(
      'securetrack',
      'app_request_duration_seconds',
      (o) => ({ endpoint: o.endpoint, method: o.method }),
      (o) => seconds(o.durationMs),
    ),
    metric(
      'securetrack',
      'app_errors_total',
      (o) => ({ endpoint: o.endpoint, error_type: o.statusCode >= 500 ? 'server_error' : 'client_error' }),
      (o) => once(o.statusCode >= 400),
    ),
  ],
})
