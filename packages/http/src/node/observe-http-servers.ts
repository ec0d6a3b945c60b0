import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { defaultRecorder, type Recorder } from '@quipu/core'
import { isPage } from '../pages.js'
import { OpenRequest } from '../requests/open-request.js'
import { openRequestOf, recordingOf, sharedRequests } from '../requests/request-registry.js'
import { methodNumber, versionNumber } from '../requests/request-shape.js'
import { requestSize, responseSize } from './response-size.js'

export interface ObserveHttpServersOptions {
  /** Default: the process's own. */
  readonly recorder?: Recorder | undefined
}

/**
 * Records every request that a server of `node:http` or `node:https` answers in this process, whatever framework serves
 * it: count, duration, sizes and outcome, until the last byte of the body is handed to the system or the client leaves.
 * Node's own diagnostics channels report them: nothing is patched. Never throws.
 *
 * @returns a function that ends it
 * @example
 * const stop = observeHttpServers({ recorder: createRecorder() })
 */
export function observeHttpServers({ recorder = defaultRecorder() }: ObserveHttpServersOptions = {}): () => void {
  const shared = sharedRequests()
  const recording = recordingOf(recorder)
  shared.observers = changeUses(shared.observers, recording, 1)
  observeChannels()
  let isStopped = false
  return () => {
    if (isStopped) return
    isStopped = true
    shared.observers = changeUses(shared.observers, recording, -1)
    if (shared.observers.length === 0) stopChannels()
  }
}

/**
 * The open request of Node's request and response, opened now when no channel has. For adapters, whose recorder need not
 * be one that observes every server.
 */
export function followNodeRequest(request: object, response: object, recorder: Recorder): OpenRequest | undefined {
  const open = openRequestOf(request) ?? begin(request as IncomingMessage, response as ServerResponse)
  open?.observe(recordingOf(recorder))
  return open
}

/** Leaves a request out: it is answered by one of Quipu's pages. */
export function ignoreRequest(request: object): void {
  openRequestOf(request)?.ignore()
}

type Observers = ReturnType<typeof sharedRequests>['observers']

function changeUses(observers: Observers, recording: Observers[number]['recording'], by: number): Observers {
  const uses = (observers.find((one) => one.recording === recording)?.uses ?? 0) + by
  const others = observers.filter((one) => one.recording !== recording)
  return uses > 0 ? [...others, { recording, uses }] : others
}

let stopChannels = (): void => undefined

function observeChannels(): void {
  const shared = sharedRequests()
  if (shared.isObserving) return
  shared.isObserving = true
  // What a subscriber throws Node throws again where nothing can catch it.
  const onStart = (message: unknown): void => {
    try {
      const { request, response } = message as ChannelMessage
      const open = begin(request, response)
      for (const { recording } of shared.observers) open?.observe(recording)
    } catch {
      // A request that cannot be read is not recorded.
    }
  }
  const onFinish = (message: unknown): void => {
    try {
      const { request, response } = message as ChannelMessage
      end(request, response)
    } catch {
      // As above.
    }
  }
  subscribe('http.server.request.start', onStart)
  subscribe('http.server.response.finish', onFinish)
  stopChannels = () => {
    shared.isObserving = false
    unsubscribe('http.server.request.start', onStart)
    unsubscribe('http.server.response.finish', onFinish)
  }
}

/** What Node publishes of a request, Node 20 to 26. */
interface ChannelMessage {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

function begin(request: IncomingMessage, response: ServerResponse): OpenRequest | undefined {
  if (isPage(request.url)) return undefined
  const { socket } = request
  const open = new OpenRequest(
    methodNumber(request.method),
    versionNumber(request.httpVersion),
    Reflect.get(socket, 'encrypted') === true,
    socket.bytesWritten,
  )
  sharedRequests().open.set(request, open)
  latestUrl = request.url ?? ''
  latest = open
  // A response that breaks off emits `close` only. One function for all of them, and not one a request.
  response.on('close', onClose)
  return open
}

let latestUrl = ''
let latest: OpenRequest | undefined

/** The request that began last, where it is one for this path: for routers that do not know the request they match. */
export function latestNodeRequest(path: string): OpenRequest | undefined {
  if (!latestUrl.startsWith(path)) return undefined
  const next = latestUrl.charCodeAt(path.length)
  return Number.isNaN(next) || next === QUESTION_MARK ? latest : undefined
}

const QUESTION_MARK = 0x3f

function onClose(this: ServerResponse): void {
  try {
    end(this.req, this)
  } catch {
    // A request that cannot be read is not recorded.
  }
}

function end(request: IncomingMessage, response: ServerResponse): void {
  const open = openRequestOf(request)
  if (open === undefined) return
  // A young request that the map holds would outlive every minor collection.
  sharedRequests().open.delete(request)
  const isComplete = response.writableFinished
  open.route ??= open.tracking?.route(request)
  if (!isComplete && ((response.errored ?? null) !== null || open.tracking?.hasFailed(request) === true))
    open.hasFailed = true
  const responseBytes = responseSize(response, open.bytesBefore, request.socket.bytesWritten)
  open.end({
    status: response.headersSent ? response.statusCode : 0,
    isComplete,
    requestBytes: requestSize(request.rawHeaders),
    responseBytes: request.method === 'HEAD' ? 0 : responseBytes,
    isStream: isEventStream(response),
  })
}

/** Whether a response is a stream of server-sent events; those have no length. */
function isEventStream(response: ServerResponse): boolean {
  if (typeof Reflect.get(response, '_contentLength') === 'number') return false
  const head: unknown = Reflect.get(response, '_header')
  return typeof head === 'string' && /^content-type: *text\/event-stream/im.test(head)
}
