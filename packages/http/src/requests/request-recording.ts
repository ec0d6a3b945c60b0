import type { Recorder } from '@quipu/core'
import type { ObservedRequest, RequestEnd, RequestRecording } from './observed-request.js'
import { createRequestSeries, type RequestSeries, type SpokenVocabularies } from './request-series.js'
import { METHODS } from './request-shape.js'

/** Status of a response that its client did not wait for. */
const CLIENT_CLOSED_REQUEST = 499
/** Routes whose series are kept at hand; those of more are looked up in the store each time. */
const MAX_ROUTES = 1000

type SeriesByShape = Map<number, RequestSeries>

/** Makes the recording of a recorder. Its functions throw only where the recorder is strict. */
export function createRequestRecording(recorder: Recorder): RequestRecording {
  const { clock, metrics } = recorder
  const addActive = countActive(recorder)
  let spoken = spokenBy(recorder)
  let known = new Map<string | undefined, SeriesByShape>()
  const seriesOf = (request: ObservedRequest, end: RequestEnd): RequestSeries => {
    const now = spokenBy(recorder)
    if (now !== spoken) {
      spoken = now
      known = new Map()
    }
    let ofRoute = known.get(request.route)
    if (ofRoute === undefined) {
      if (request.route !== undefined) recorder.declareRoute(request.route)
      ofRoute = new Map()
      if (known.size < MAX_ROUTES) known.set(request.route, ofRoute)
    }
    const shape = shapeNumber(request, end)
    const found = ofRoute.get(shape)
    if (found !== undefined && request.errorType === undefined) return found
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
    // An error's class is not a part of the number.
    if (request.errorType === undefined) ofRoute.set(shape, made)
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
      if (!recorder.speaks('quipu')) return
      const seconds = Math.max(0, clock.monotonicMs() - startedAtMs) / 1000
      const labels = { endpoint: route ?? 'unmatched', method: METHODS[method] ?? '_OTHER' }
      metrics.app_stream_duration_seconds.record(seconds, labels)
    },
  }
}

/** Counts the requests that are being answered, through handles that are looked up once. */
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

/** The vocabularies to record in, as a number so that a change is seen by comparing. */
function spokenBy(recorder: Recorder): SpokenVocabularies {
  return (
    (recorder.speaks('securetrack') ? 1 : 0) |
    (recorder.speaks('semconv') ? 2 : 0) |
    (recorder.speaks('instrumentator') ? 4 : 0) |
    (recorder.speaks('quipu') ? 8 : 0)
  )
}

/** A request's shape but for its route: all that its series depend on, in one number. */
function shapeNumber({ method, version, isEncrypted, hasFailed }: ObservedRequest, end: RequestEnd): number {
  const flags = (isEncrypted ? 1 : 0) | (end.isComplete ? 2 : 0) | (end.isStream ? 4 : 0) | (hasFailed ? 8 : 0)
  return ((end.status * 16 + method) * 8 + version) * 16 + flags
}

/** The status that a request is counted under, also one whose response broke off. */
function statusOf({ hasFailed }: ObservedRequest, { isComplete, status }: RequestEnd): number {
  if (isComplete) return status
  return hasFailed ? 500 : CLIENT_CLOSED_REQUEST
}

/** `error.type`: the class of the error, the status of a failed response, `aborted` where the client left. */
function errorTypeOf(request: ObservedRequest, end: RequestEnd): string | undefined {
  if (!end.isComplete && !request.hasFailed) return 'aborted'
  const status = statusOf(request, end)
  return status >= 500 ? (request.errorType ?? String(status)) : undefined
}
