import type { Recorder } from '@quipu/core'
import type { ObservedRequest, RequestEnd, RequestRecording } from './observed-request.js'
import { createRequestSeries, type EnabledVocabularies, type RequestSeries } from './request-series.js'
import { METHODS } from './request-shape.js'

/** Status of a request whose client disconnected before the response. */
const CLIENT_CLOSED_REQUEST = 499
/** Maximum number of routes with cached series. Those of further routes are looked up in the store each time. */
const MAX_ROUTES = 1000

/** Maximum number of shapes of a route with cached series: applications may make up classes of errors. */
const MAX_SHAPES = 500

/** By the number of a shape; for a request with an error also by its class. */
type SeriesByShape = Map<number | string, RequestSeries>

/** Creates the recording of a recorder. Its functions throw only for a strict recorder. */
export function createRequestRecording(recorder: Recorder): RequestRecording {
  const { clock, metrics } = recorder
  const addActive = countActive(recorder)
  let enabled = enabledIn(recorder)
  let known = new Map<string | undefined, SeriesByShape>()
  const seriesOf = (request: ObservedRequest, end: RequestEnd): RequestSeries => {
    const now = enabledIn(recorder)
    if (now !== enabled) {
      enabled = now
      known = new Map()
    }
    let ofRoute = known.get(request.route)
    if (ofRoute === undefined) {
      if (request.route !== undefined) recorder.declareRoute(request.route)
      ofRoute = new Map()
      if (known.size < MAX_ROUTES) known.set(request.route, ofRoute)
    }
    const shape = shapeNumber(request, end)
    const key = request.errorType === undefined ? shape : `${shape} ${request.errorType}`
    const found = ofRoute.get(key)
    if (found !== undefined) return found
    const made = createRequestSeries(metrics, now, {
      route: request.route,
      method: METHODS[request.method] ?? '_OTHER',
      version: request.version,
      isEncrypted: request.isEncrypted,
      sentStatus: end.status,
      status: statusOf(request, end),
      errorType: errorTypeOf(request, end),
      isStream: end.isStream,
    })
    if (ofRoute.size < MAX_SHAPES) ofRoute.set(key, made)
    return made
  }

  return {
    begin(request) {
      addActive(request, 1)
      return clock.monotonicMs()
    },
    leave: (request) => addActive(request, -1),
    end(request, startedAtMs, end) {
      addActive(request, -1)
      const seconds = Math.max(0, clock.monotonicMs() - startedAtMs) / 1000
      seriesOf(request, end).record(seconds, end.requestBytes, end.responseBytes)
    },
    endStream({ route, method }, startedAtMs) {
      if (!recorder.records('quipu')) return
      const seconds = Math.max(0, clock.monotonicMs() - startedAtMs) / 1000
      const labels = { endpoint: route ?? 'unmatched', method: METHODS[method] ?? '_OTHER' }
      metrics.app_stream_duration_seconds.record(seconds, labels)
    },
  }
}

/** Counts the requests in progress, through handles that are looked up once. */
function countActive({ metrics }: Recorder): (request: ObservedRequest, value: number) => void {
  const handles: { add(value: number): void }[] = []
  return ({ method, isEncrypted }, value) => {
    const at = method * 2 + (isEncrypted ? 1 : 0)
    handles[at] ??= metrics['http.server.active_requests'].with({
      'http.request.method': METHODS[method] ?? '_OTHER',
      'url.scheme': isEncrypted ? 'https' : 'http',
    })
    handles[at].add(value)
  }
}

/** The enabled vocabularies as a number, so that a comparison detects a change. */
function enabledIn(recorder: Recorder): EnabledVocabularies {
  return (
    (recorder.records('securetrack') ? 1 : 0) |
    (recorder.records('semconv') ? 2 : 0) |
    (recorder.records('instrumentator') ? 4 : 0) |
    (recorder.records('quipu') ? 8 : 0)
  )
}

/** Encodes in one number all properties that select the series of a request, except its route. */
function shapeNumber({ method, version, isEncrypted, hasFailed }: ObservedRequest, end: RequestEnd): number {
  const flags = (isEncrypted ? 1 : 0) | (end.isComplete ? 2 : 0) | (end.isStream ? 4 : 0) | (hasFailed ? 8 : 0)
  return ((end.status * 16 + method) * 8 + version) * 16 + flags
}

/** The status to record, also for an aborted response. */
function statusOf({ hasFailed }: ObservedRequest, { isComplete, status }: RequestEnd): number {
  if (isComplete) return status
  return hasFailed ? 500 : CLIENT_CLOSED_REQUEST
}

/** `error.type`: the class of the error, the status of a failed response, or `aborted` if the client disconnected. */
function errorTypeOf(request: ObservedRequest, end: RequestEnd): string | undefined {
  if (!end.isComplete && !request.hasFailed) return 'aborted'
  const status = statusOf(request, end)
  return status >= 500 ? (request.errorType ?? String(status)) : undefined
}
