import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { isPage } from '../pages.js'
import { forgetLatestRequest, rememberLatestRequest } from '../requests/latest-request.js'
import { OpenRequest } from '../requests/open-request.js'
import { createPrivateSlot } from '../requests/private-slot.js'
import { readRoute, sharedRequests } from '../requests/request-registry.js'
import { HEAD, methodNumber, versionNumber } from '../requests/request-shape.js'
import { refusalBy, refusalOf } from './refusal.js'
import { bytesWrittenBy, isEventStream, requestSize, responseSize, sentStatus } from './response-size.js'
import { watchAnswer } from './watch-answer.js'

/** The message that Node 20 to 26 publish for a request of HTTP/1. */
export interface Http1Message {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The connection; on requests whose body it copies, Next 15 replaces the property of the request. */
  readonly socket: Socket
}

/** A request of HTTP/1 with a response, and what is known of it at its start. */
class Http1Request extends OpenRequest {
  readonly response: ServerResponse
  /** Size of its body; -1 if unknown. */
  readonly requestBytes: number
  /** Bytes that the connection had sent to the client before the request began. */
  readonly bytesBefore: number
  /** Status of what was written to the connection instead of the response; 0 if nothing was. */
  refusal = 0

  constructor(request: IncomingMessage, response: ServerResponse, socket: Socket) {
    super(methodNumber(request.method), versionNumber(request.httpVersion), isEncrypted(socket))
    this.response = response
    this.requestBytes = requestSize(request.rawHeaders)
    this.bytesBefore = bytesWrittenBy(socket)
  }
}

/** The unfinished requests of a connection, in their order. */
const unfinished = createPrivateSlot<Http1Request[]>()

/**
 * Opens a request whose start Node publishes, as it does the end of a complete response. A response that breaks off ends
 * with its connection, where one listener serves all requests.
 * @returns undefined for a request for the pages, which is not counted
 */
export function beginPublishedRequest({ request, response, socket }: Http1Message): OpenRequest | undefined {
  if (isPage(request.url)) return undefined
  const open = new Http1Request(request, response, socket)
  remember(request, open)
  const others = unfinished.get(socket)
  if (others !== undefined) others.push(open)
  else endWithConnection([open], socket)
  return open
}

function endWithConnection(requests: Http1Request[], socket: Socket): void {
  unfinished.set(socket, requests)
  socket.once('close', () => {
    // Node writes its own refusal for the first request alone.
    const [first] = requests
    if (first !== undefined) first.refusal ||= refusalBy(socket, first.bytesBefore)
    for (const open of requests.splice(0)) endQuietly(open, socket)
  })
}

/** Notes the status that a listener of `clientError` writes instead of the response. */
export function watchRefusal(error: unknown, socket: Socket): void {
  const open = unfinished.get(socket)?.[0]
  if (open === undefined || refusalOf(error) === 0) return
  watchAnswer(socket, (status) => {
    open.refusal = status
  })
}

/** Ends the request of a complete response, if its start was published. */
export function endPublishedRequest({ response, socket }: Http1Message): void {
  const requests = unfinished.get(socket)
  if (requests === undefined) return
  const at = requests[0]?.response === response ? 0 : requests.findIndex((open) => open.response === response)
  const open = requests[at]
  if (open === undefined) return
  if (at === 0) requests.shift()
  else requests.splice(at, 1)
  end(open, socket, !isAborted(response))
}

/** Opens a request of HTTP/1 whose end is not published. */
export function beginHttp1Request(request: IncomingMessage, response: ServerResponse): OpenRequest | undefined {
  if (isPage(request.url) || response.closed) return undefined
  const { socket } = request
  const open = new Http1Request(request, response, socket)
  remember(request, open)
  response.on('close', () => endQuietly(open, socket))
  return open
}

/** Opens a request without a response, which the caller must end. */
export function beginWithoutResponse(request: IncomingMessage, socket: Socket): OpenRequest | undefined {
  if (isPage(request.url)) return undefined
  const open = new OpenRequest(methodNumber(request.method), versionNumber(request.httpVersion), isEncrypted(socket))
  remember(request, open)
  return open
}

function remember(request: IncomingMessage, open: OpenRequest): void {
  sharedRequests().open.set(request, open)
  rememberLatestRequest(request, request.url, open)
}

function isEncrypted(socket: Socket & { readonly encrypted?: unknown }): boolean {
  return socket.encrypted === true
}

function endQuietly(open: Http1Request, socket: Socket): void {
  try {
    const { writableEnded, writableFinished } = open.response
    // Later versions of Node close a connection with an unreadable next request before the event of the last response.
    const isComplete = writableFinished || (writableEnded && refusalOf(socket.errored) > 0)
    end(open, socket, isComplete && !isAborted(open.response))
  } catch {
    // A request that cannot be read is not recorded.
  }
}

/**
 * Ends a request with the current state of its response. What the start has read is not read again: on Express it would be
 * the first read of a property of a request, see `latestRequestOf`.
 */
function end(open: Http1Request, socket: Socket, isComplete: boolean): void {
  const { response } = open
  forgetLatestRequest(open)
  open.route ??= open.framework?.route(response.req) ?? readRoute(response.req, response)
  const sent = sentStatus(response, isComplete)
  const isRefused = sent === 0 && open.refusal > 0
  if (!isComplete && !isRefused) noteCause(open, socket)
  open.end({
    // Applications set `statusCode` also after the head was sent.
    status: sent || (isRefused ? open.refusal : isComplete ? response.statusCode : 0),
    isComplete: isComplete || isRefused,
    requestBytes: open.requestBytes,
    responseBytes: open.method === HEAD ? 0 : responseSize(response, open.bytesBefore, socket),
    isStream: isEventStream(response),
  })
}

/** Tells a failure of the application from a client that disconnected. */
function noteCause(open: Http1Request, socket: Socket): void {
  const { errored, socket: ownSocket, req } = open.response
  // Later versions of Node also destroy, with an error, the responses that wait for the connection: they have no socket.
  const isWaiting = ownSocket === null
  // The application's error ends the connection too. After a reset by the client, the response's error is a consequence.
  const isReset = (socket.errored ?? errored) !== errored
  const failure = errored === undefined ? failureOf(socket) : isWaiting || isReset ? null : errored
  if (failure !== null) open.fail(failure)
  // Handlers also fail when the client disconnects within its body, and on Deno whenever it disconnects.
  else if (!req.complete || isAborted(open.response)) open.hasFailed = false
}

const isNode = !('Bun' in globalThis || 'Deno' in globalThis)

/** Whether the client disconnected before the response: other runtimes than Node finish such a response as well. */
function isAborted(response: ServerResponse): boolean {
  return !isNode && response.req.aborted
}

/** What a connection of Deno failed with: Deno does not note it on the response. Errors of the client are not failures. */
function failureOf({ errored }: Socket): Error | null {
  const isOfClient =
    errored !== null && /^(?:ECONNRESET|EPIPE|HPE_\w+)$/.test(String(Reflect.get(Object(errored), 'code')))
  return isOfClient ? null : (errored ?? null)
}
