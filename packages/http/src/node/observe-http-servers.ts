import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { defaultRecorder, type Recorder } from '@quipu/core'
import { watchFetchServers } from '../fetch/fetch-servers.js'
import type { OpenRequest } from '../requests/open-request.js'
import { openRequestOf, recordingOf, sharedRequests, streamOf } from '../requests/request-registry.js'
import type { UserOf } from '../requests/request-user.js'
import { watchEmittedRequests } from './emitted-requests.js'
import {
  beginHttp1Request,
  beginPublishedRequest,
  endPublishedRequest,
  type Http1Message,
  watchRefusal,
} from './http1-request.js'
import { beginHttp2Request, isOfClient } from './http2-request.js'
import { runServersAsUser } from './run-as-user.js'
import { beginUpgradedRequest } from './upgraded-request.js'
import { type ServerEvents, watchServerOf } from './watch-server.js'

export interface ObserveHttpServersOptions {
  /** Default: the recorder of the process. */
  readonly recorder?: Recorder | undefined
  /**
   * Finds the user of a request's activity lines, at most once, when the first line needs one. Lines wait half a second for a
   * promise; if it rejects or takes longer, or the function throws, the user is unknown. Default: unknown.
   */
  readonly user?: UserOf<IncomingMessage> | undefined
}

/**
 * Records every request that a server of `node:http`, `node:https` or `node:http2` answers in this process, with any
 * framework: count, duration, sizes and outcome, until the operating system has the last byte of the body or the client
 * disconnects. It subscribes to diagnostics channels and patches nothing on Node. Where a runtime has no channels, it replaces
 * `Bun.serve`, `Deno.serve`, and the `emit` of Bun's servers of `node:http`.
 * @param options `recorder` to record into, `user` to find the user of activity lines
 * @returns a function that stops the observation; never throws
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#http-server
 * @example
 * const stop = observeHttpServers({ recorder: createRecorder() })
 */
export function observeHttpServers({ recorder = defaultRecorder(), user }: ObserveHttpServersOptions = {}): () => void {
  const shared = sharedRequests()
  const recording = recordingOf(recorder)
  shared.observers = changeUses(shared.observers, recording, 1)
  observeChannels()
  const stopUsers = user === undefined ? undefined : runServersAsUser(recorder, user)
  let isStopped = false
  return () => {
    if (isStopped) return
    isStopped = true
    stopUsers?.()
    shared.observers = changeUses(shared.observers, recording, -1)
    if (shared.observers.length === 0) stopChannels()
  }
}

/**
 * Returns the open request of Node's request and response, and opens it if no channel has. For adapters, whose recorder
 * may differ from those that observe all servers.
 */
export function followNodeRequest(request: object, response: object, recorder: Recorder): OpenRequest | undefined {
  const open = openRequestOf(request) ?? beginNodeRequest(request, response)
  open?.observe(recordingOf(recorder))
  return open
}

function beginNodeRequest(request: object, response: object): OpenRequest | undefined {
  const stream = streamOf(request) as ServerHttp2Stream | undefined
  if (stream === undefined) return beginHttp1Request(request as IncomingMessage, response as ServerResponse)
  return beginHttp2Request(stream, (request as { readonly headers: IncomingHttpHeaders }).headers)
}

/**
 * Excludes a request for one of Quipu's pages from the counts. Never throws.
 *
 * @example
 * ignoreRequest(request)
 */
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
  const observe = (open: OpenRequest | undefined): boolean => {
    if (open !== undefined) for (const { recording } of shared.observers) open.observe(recording)
    return shared.isObserving
  }
  // Listeners of a server stay when the observation ends.
  const whileObserving = (run: () => void): void => {
    if (shared.isObserving) quietly(run)
  }
  const events: ServerEvents = {
    onStream: (stream, headers) =>
      whileObserving(
        () => void observe(openRequestOf(stream) === undefined ? beginHttp2Request(stream, headers) : undefined),
      ),
    onUpgrade: (request, socket) => whileObserving(() => observe(beginUpgradedRequest(request, socket))),
    onClientError: (error, socket) => whileObserving(() => watchRefusal(error, socket)),
  }
  const channels: Readonly<Record<string, (message: never) => void>> = {
    'http.server.request.start'(message: Http1Message) {
      try {
        observe(beginPublishedRequest(message))
      } catch {
        // A request that cannot be read is not recorded.
      }
    },
    'http.server.response.finish'(message: Http1Message) {
      try {
        endPublishedRequest(message)
      } catch {
        // A request that cannot be read is not recorded.
      }
    },
    'net.server.socket': ({ socket }: { readonly socket: Socket }) => quietly(() => watchServerOf(socket, events)),
    // Later versions of Node publish it, also for connections that another server handed over.
    'http2.server.stream.start': ({ stream, headers }: Http2Message) => {
      if (isOfClient(stream)) events.onStream(stream, headers)
    },
  }
  const entries = Object.entries(channels) as [string, (message: unknown) => void][]
  for (const [name, listen] of entries) subscribe(name, listen)
  const stopOthers = [
    watchFetchServers({ onServe: () => quietly(() => shared.onServer?.(undefined)), observe }),
    watchEmittedRequests({
      onServer: (server) => quietly(() => shared.onServer?.(server)),
      onRequest: (request, response) =>
        quietly(() => observe(openRequestOf(request) === undefined ? beginHttp1Request(request, response) : undefined)),
      onUpgrade: (request, socket) => quietly(() => observe(beginUpgradedRequest(request, socket))),
    }),
  ]
  stopChannels = () => {
    shared.isObserving = false
    for (const [name, listen] of entries) unsubscribe(name, listen)
    for (const stop of stopOthers) stop()
  }
}

/** Catches errors of a subscriber, which Node would rethrow where no code can catch them. */
function quietly(run: () => void): void {
  try {
    run()
  } catch {
    // A connection that cannot be read is not recorded.
  }
}

interface Http2Message {
  readonly stream: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
}
