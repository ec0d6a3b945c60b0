import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import type { ClientHttp2Stream } from 'node:http2'
import { defaultRecorder, type Recorder } from '@quipu/core'
import { type ClientRequestEnd, type RequestShape, recordClientRequest } from '../requests/record-client-request.js'
import { versionNumber } from '../requests/request-shape.js'
import {
  errorOfResponse,
  errorOfStream,
  http2RequestShape,
  nodeRequestShape,
  type UndiciRequest,
  undiciRequestShape,
} from './client-request.js'
import { isOfClient } from './http2-request.js'

const HTTP_2 = versionNumber('2')

export interface ObserveHttpClientsOptions {
  /** Default: the recorder of the process. */
  readonly recorder?: Recorder | undefined
}

const observed = new WeakMap<Recorder, { uses: number; stop: () => void }>()

/**
 * Records the duration of each outgoing request of this process by method, status, server and error, never by its path:
 * requests of `node:http`, `node:https`, the global `fetch`, undici and (Node 22.17 and later) `node:http2`, until the
 * last byte of the response. It subscribes to diagnostics channels and patches nothing. Exports of telemetry are
 * excluded.
 * @param options `recorder` to record into
 * @returns a function that stops the observation; never throws
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#http-client
 * @example
 * const stop = observeHttpClients({ recorder: createRecorder() })
 */
export function observeHttpClients({ recorder = defaultRecorder() }: ObserveHttpClientsOptions = {}): () => void {
  const known = observed.get(recorder) ?? { uses: 0, stop: () => undefined }
  observed.set(recorder, known)
  if (known.uses++ === 0) known.stop = subscribeAll(channelsFor(recorder))
  let isStopped = false
  return () => {
    if (isStopped) return
    isStopped = true
    if (--known.uses === 0) known.stop()
  }
}

interface OpenClientRequest {
  readonly shape: RequestShape
  readonly startedAtMs: number
  status: number | undefined
}

interface NodeMessage {
  readonly request: ClientRequest
  readonly response: IncomingMessage
  readonly error?: unknown
}

interface Http2Message {
  readonly stream: ClientHttp2Stream
  readonly headers: OutgoingHttpHeaders
  readonly error?: unknown
}

interface UndiciMessage {
  readonly request: UndiciRequest
  readonly response: { readonly statusCode: number }
  readonly error?: unknown
}

type Channels = Readonly<Record<string, (message: unknown) => void>>

function channelsFor(recorder: Recorder): Channels {
  const openRequests = new WeakMap<object, OpenClientRequest>()
  const begin = (request: object, shape: RequestShape | undefined): void => {
    if (shape === undefined || openRequests.has(request) || !recorder.records('semconv')) return
    openRequests.set(request, { shape, startedAtMs: recorder.clock.monotonicMs(), status: undefined })
  }
  const end = (request: object, { version, error }: Omit<ClientRequestEnd, 'status'>): void => {
    const open = openRequests.get(request)
    if (open === undefined) return
    openRequests.delete(request)
    const seconds = Math.max(0, recorder.clock.monotonicMs() - open.startedAtMs) / 1000
    recordClientRequest(recorder, open.shape, { status: open.status, version, error }, seconds)
  }
  const noteStatus = (request: object, status: number | undefined): void => {
    const open = openRequests.get(request)
    if (open !== undefined) open.status = status
  }
  const beginNode = (message: unknown): void => {
    const { request } = message as NodeMessage
    begin(request, nodeRequestShape(request))
  }
  return {
    // Node 20 publishes only the second, after the request was written.
    'http.client.request.created': beginNode,
    'http.client.request.start': beginNode,
    'http.client.response.finish'(message) {
      const { request, response } = message as NodeMessage
      if (!openRequests.has(request)) return
      noteStatus(request, response.statusCode)
      const version = versionNumber(response.httpVersion)
      response.once('close', () => ignoringErrors(() => end(request, { version, error: errorOfResponse(response) })))
    },
    'http.client.request.error'(message) {
      const { request, error } = message as NodeMessage
      end(request, { version: 0, error: error ?? {} })
    },
    // Node 22.17 and later.
    'http2.client.stream.start'(message) {
      const { stream, headers } = message as Http2Message
      if (isOfClient(stream)) begin(stream, http2RequestShape(stream, headers))
    },
    'http2.client.stream.finish'(message) {
      const { stream, headers } = message as Http2Message
      noteStatus(stream, Number(headers[':status']))
    },
    'http2.client.stream.error'(message) {
      const { stream, error } = message as Http2Message
      end(stream, { version: HTTP_2, error: error ?? {} })
    },
    'http2.client.stream.close'(message) {
      const { stream } = message as Http2Message
      end(stream, { version: HTTP_2, error: errorOfStream(stream) })
    },
    'undici:request:create'(message) {
      const { request } = message as UndiciMessage
      begin(request, undiciRequestShape(request))
    },
    'undici:request:headers'(message) {
      const { request, response } = message as UndiciMessage
      noteStatus(request, response.statusCode)
    },
    'undici:request:trailers': (message) => end((message as UndiciMessage).request, { version: 0, error: undefined }),
    'undici:request:error'(message) {
      const { request, error } = message as UndiciMessage
      end(request, { version: 0, error: error ?? {} })
    },
  }
}

function subscribeAll(channels: Channels): () => void {
  const stops = Object.entries(channels).map(([name, handle]) => {
    // Node would rethrow an error of a subscriber where no code can catch it.
    const guarded = (message: unknown): void => ignoringErrors(() => handle(message))
    subscribe(name, guarded)
    return () => unsubscribe(name, guarded)
  })
  return () => {
    for (const stop of stops) stop()
  }
}

/** A request that cannot be read is not recorded. */
function ignoringErrors(run: () => void): void {
  try {
    run()
  } catch {
    // Node would rethrow an error of a subscriber where no code can catch it.
  }
}
