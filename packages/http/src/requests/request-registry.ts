import type { EventEmitter } from 'node:events'
import { isObject } from '@quipu/catalog/builtin'
import { HTTP } from '@quipu/catalog/symbols'
import type { Recorder } from '@quipu/core'
import { latestRequestOf } from './latest-request.js'
import type { RequestRecording } from './observed-request.js'
import type { OpenRequest } from './open-request.js'
import { createPrivateSlot, type PrivateSlot } from './private-slot.js'
import { createRequestRecording } from './request-recording.js'

interface Shared {
  /** Requests by Node's request objects: those of HTTP/1 and fetch, and the streams of HTTP/2. */
  readonly open: PrivateSlot<OpenRequest>
  readonly recordings: WeakMap<Recorder, RequestRecording>
  /**
   * The recorders that observe every request of the process, with the number of `observeHttpServers` calls for each.
   */
  observers: readonly { readonly recording: RequestRecording; readonly uses: number }[]
  /** Whether the channels have subscribers. */
  isObserving: boolean
  /** Readers of the routes that frameworks store on the request, by framework. Older copies have no readers. */
  readers?: Map<string, ReadRoute>
  /** Frameworks whose adapters the application uses, where no module hook sees the framework. */
  adapters?: Set<string>
  /** Called for servers that no channel publishes: when one starts, or before the first request of one of `node:http`. */
  onServer?: (server: EventEmitter | undefined) => void
  /** What to report beside requests; undefined until something chooses. */
  reports?: ReadonlySet<string>
  /** Returns what reports an error at the end of its request; undefined while errors are not reported. */
  reportError?: (error: unknown) => (() => void) | undefined
}

/** Reads the route that a framework stored on Node's request. It is called when a request without a route ends. */
export type ReadRoute = (request: object, response: object) => string | undefined

const holder: typeof globalThis & { [HTTP]?: Shared } = globalThis

/** The state that all copies of the package share. */
export function sharedRequests(): Shared {
  holder[HTTP] ??= { open: createPrivateSlot(), recordings: new WeakMap(), observers: [], isObserving: false }
  return holder[HTTP]
}

/** Sets the reader of the routes that a framework stores on requests; a framework has one reader. */
export function readRoutesOf(framework: string, read: ReadRoute): void {
  const shared = sharedRequests()
  shared.readers ??= new Map()
  shared.readers.set(framework, read)
}

/** Notes that the application uses the adapter of a framework that no module hook sees. */
export function noteAdapter(framework: string): void {
  const shared = sharedRequests()
  shared.adapters ??= new Set()
  shared.adapters.add(framework)
}

/**
 * Calls back before each server of `Bun.serve` or `Deno.serve` starts, and on Bun before the first request of each server of
 * `node:http`, with that server.
 */
export function whenServing(then: (server: EventEmitter | undefined) => void): void {
  sharedRequests().onServer = then
}

/** Returns whether the application uses the adapter of such a framework. */
export function usesAdapter(framework: string): boolean {
  return sharedRequests().adapters?.has(framework) === true
}

/** Returns the route that any framework stored on a request. */
export function readRoute(request: object, response: object): string | undefined {
  for (const read of sharedRequests().readers?.values() ?? []) {
    const route = read(request, response)
    if (route !== undefined) return route
  }
  return undefined
}

/** Returns what is observed of a framework's or Node's request object, also after its end; undefined if nothing is. */
export function openRequestOf(request: object): OpenRequest | undefined {
  const latest = latestRequestOf(request)
  if (latest !== undefined) return latest
  const { open } = sharedRequests()
  const found = open.get(request)
  if (found !== undefined) return found
  const stream = streamOf(request)
  return stream === undefined ? undefined : open.get(stream)
}

/** Notes what a handler threw for a framework's or Node's request object. Call it where it was thrown: never throws. */
export function failRequest(request: object, error: unknown): void {
  try {
    const open = openRequestOf(request)
    if (open === undefined || open.hasEnded || open.hasFailed) return
    open.fail(error)
    open.report = sharedRequests().reportError?.(error)
  } catch {
    // A request that cannot be read has no error.
  }
}

/**
 * Runs a handler of a request and notes what it throws, or what its promise rejects with. The caller gets both as without.
 */
export function noteFailure<T>(request: object, run: () => T): T {
  try {
    const result = run()
    if (result instanceof Promise) void result.catch((error: unknown) => failRequest(request, error))
    return result
  } catch (error) {
    failRequest(request, error)
    throw error
  }
}

/** Returns the open request of a context that has Node's request as `req`, as those of tRPC and GraphQL servers have. */
export function openRequestOfContext(context: unknown): OpenRequest | undefined {
  const request: unknown = isObject(context) ? context.req : undefined
  return isObject(request) ? openRequestOf(request) : undefined
}

/** The stream of a request of Node's compatibility API for HTTP/2. */
export function streamOf(request: object): object | undefined {
  const stream: unknown = Reflect.get(request, 'stream')
  return typeof stream === 'object' && stream !== null ? stream : undefined
}

/** Returns the one recording of a recorder. */
export function recordingOf(recorder: Recorder): RequestRecording {
  const { recordings } = sharedRequests()
  const known = recordings.get(recorder)
  if (known !== undefined) return known
  const made = createRequestRecording(recorder)
  recordings.set(recorder, made)
  return made
}
