import type { Recorder } from '@quipu/core'
import { type METHODS, VERSIONS } from './request-shape.js'

/** The enabled vocabularies, one bit each: 1 securetrack, 2 semconv, 4 instrumentator, 8 quipu. */
export type EnabledVocabularies = number

/** All properties that select the series of a request. */
export interface RequestLabels {
  readonly route: string | undefined
  readonly method: (typeof METHODS)[number]
  /** Index in `VERSIONS`. */
  readonly version: number
  readonly isEncrypted: boolean
  /** Status that was sent; 0 without a response. */
  readonly sentStatus: number
  /** Status to record. */
  readonly status: number
  readonly errorType: string | undefined
  readonly isStream: boolean
}

/** The series of requests of one shape. */
export interface RequestSeries {
  /** @param requestBytes, responseBytes -1 if unknown */
  record(seconds: number, requestBytes: number, responseBytes: number): void
}

type Metrics = Recorder['metrics']

/** Finds the series of a shape in every enabled vocabulary. */
export function createRequestSeries(
  metrics: Metrics,
  enabled: EnabledVocabularies,
  labels: RequestLabels,
): RequestSeries {
  const documented = (enabled & 1) === 0 ? undefined : documentedSeries(metrics, enabled, labels)
  const semconv = (enabled & 2) === 0 ? undefined : semconvSeries(metrics, labels)
  const instrumentator = (enabled & 4) === 0 ? undefined : instrumentatorSeries(metrics, labels)
  return {
    record(seconds, requestBytes, responseBytes) {
      if (documented !== undefined) {
        documented.count.add(1)
        documented.duration.record(seconds)
        documented.errors?.add(1)
      }
      if (semconv !== undefined) {
        semconv.duration.record(seconds)
        if (requestBytes >= 0) semconv.requestSize().record(requestBytes)
        if (responseBytes >= 0) semconv.responseSize().record(responseBytes)
      }
      if (instrumentator !== undefined) {
        instrumentator.count.add(1)
        instrumentator.duration.record(seconds)
        instrumentator.fine.record(seconds)
        instrumentator.requestSize.record(Math.max(0, requestBytes))
        instrumentator.responseSize.record(Math.max(0, responseBytes))
      }
    },
  }
}

function documentedSeries(metrics: Metrics, enabled: EnabledVocabularies, labels: RequestLabels) {
  const { method, status, isStream } = labels
  const endpoint = labels.route ?? 'unmatched'
  const isApart = isStream && (enabled & 8) !== 0
  return {
    count: metrics.app_requests_total.with({ endpoint, method, status_code: status }),
    duration: (isApart ? metrics.app_stream_duration_seconds : metrics.app_request_duration_seconds).with({
      endpoint,
      method,
    }),
    errors:
      status < 400
        ? undefined
        : metrics.app_errors_total.with({ endpoint, error_type: status < 500 ? 'client_error' : 'server_error' }),
  }
}

function semconvSeries(
  metrics: Metrics,
  { route, method, version, isEncrypted, sentStatus, errorType }: RequestLabels,
) {
  const attributes = {
    'http.request.method': method,
    'url.scheme': isEncrypted ? ('https' as const) : ('http' as const),
    'network.protocol.version': VERSIONS[version],
    'http.response.status_code': sentStatus === 0 ? undefined : sentStatus,
    'http.route': route,
    'error.type': errorType,
  }
  return {
    duration: metrics['http.server.request.duration'].with(attributes),
    // Unknown sizes create no series.
    requestSize: once(() => metrics['http.server.request.body.size'].with(attributes)),
    responseSize: once(() => metrics['http.server.response.body.size'].with(attributes)),
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

const statusGroups = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const

function instrumentatorSeries(metrics: Metrics, { route, method, status }: RequestLabels) {
  const handler = route ?? 'none'
  return {
    count: metrics.http_requests_total.with({
      handler,
      method,
      status: statusGroups[Math.floor(status / 100) - 1] ?? '5xx',
    }),
    requestSize: metrics.http_request_size_bytes.with({ handler }),
    responseSize: metrics.http_response_size_bytes.with({ handler }),
    fine: metrics.http_request_duration_highr_seconds.with(),
    duration: metrics.http_request_duration_seconds.with({ handler, method }),
  }
}
