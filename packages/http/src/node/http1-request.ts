import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { isPage } from '../pages.js'
import { OpenRequest } from '../requests/open-request.js'
import { openRequestOf, readRoute, sharedRequests } from '../requests/request-registry.js'
import { methodNumber, versionNumber } from '../requests/request-shape.js'
import { rememberLatestRequest } from './latest-request.js'
import { endWithConnection } from './open-responses.js'
import { bytesWrittenBy, requestSize, responseSize } from './response-size.js'

/**
 * Opens a request of HTTP/1 whose start and complete response Node publishes.
 * @returns undefined for a request for the pages, which is not counted
 */
export function beginPublishedRequest(request: IncomingMessage, response: ServerResponse): OpenRequest | undefined {
  const open = openHttp1Request(request)
  if (open !== undefined) endWithConnection(response, onClose)
  return open
}

/** Opens a request of HTTP/1 whose end is not published. */
export function beginHttp1Request(request: IncomingMessage, response: ServerResponse): OpenRequest | undefined {
  const open = openHttp1Request(request)
  if (open !== undefined) response.on('close', () => onClose(response))
  return open
}

/** Opens a request that the caller must end: one that upgrades has no response. */
export function openHttp1Request(request: IncomingMessage): OpenRequest | undefined {
  if (isPage(request.url)) return undefined
  const { socket } = request
  const open = new OpenRequest(
    methodNumber(request.method),
    versionNumber(request.httpVersion),
    Reflect.get(socket, 'encrypted') === true,
    bytesWrittenBy(socket),
  )
  sharedRequests().open.set(request, open)
  rememberLatestRequest(request.url, open)
  return open
}

function onClose(response: ServerResponse): void {
  try {
    endHttp1Request(response.req, response, response.req.socket)
  } catch {
    // A request that cannot be read is not recorded.
  }
}

/** Ends a request with the current state of its response. A second call has no effect. */
export function endHttp1Request(request: IncomingMessage, response: ServerResponse, socket: Socket | undefined): void {
  const open = openRequestOf(request)
  if (open === undefined) return
  const isComplete = response.writableFinished
  open.route ??= open.framework?.route(request) ?? readRoute(request, response)
  sharedRequests().open.clear(request)
  if (!isComplete && (response.errored ?? null) !== null) open.fail(response.errored)
  // Handlers also fail when the client disconnects within its body.
  else if (!isComplete && !request.complete) open.hasFailed = false
  const responseBytes = responseSize(response, open.bytesBefore, socket)
  open.end({
    status: response.headersSent ? response.statusCode : 0,
    isComplete,
    requestBytes: requestSize(request.rawHeaders),
    responseBytes: request.method === 'HEAD' ? 0 : responseBytes,
    isStream: isEventStream(response),
  })
}

/** Returns whether a response is a stream of server-sent events, which has no length. */
function isEventStream(response: ServerResponse): boolean {
  if (typeof Reflect.get(response, '_contentLength') === 'number') return false
  const head: unknown = Reflect.get(response, '_header')
  return typeof head === 'string' && /^content-type: *text\/event-stream/im.test(head)
}
