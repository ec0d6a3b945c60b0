import { subscribe } from 'node:diagnostics_channel'
import { isObject } from '@quipu/catalog/builtin'
import { failRequest, openRequestOf } from '../requests/request-registry.js'

/** The parts of a Fastify request (4 and 5) that are read. */
export interface FastifyRequestLike {
  readonly raw: object
  readonly is404?: boolean
  readonly routeOptions?: { readonly url?: string | undefined }
}

/** The parts of a Fastify instance that are used. */
export interface FastifyLike {
  addHook(
    name: 'onRequest' | 'preValidation',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike, done: () => void) => void,
  ): unknown
  addHook(
    name: 'onError',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike, error: unknown, done: () => void) => void,
  ): unknown
}

export interface FastifyReplyLike {
  readonly raw: object
  hijack(): unknown
}

let isObserving = false

/**
 * Names the routes of every Fastify application (4.2 and later) created from now on, through the diagnostics channel
 * that publishes instances. Never throws.
 *
 * @example
 * observeFastifyRoutes()
 */
export function observeFastifyRoutes(): void {
  if (isObserving) return
  isObserving = true
  subscribe('fastify.initialization', (message) => {
    try {
      const { fastify } = message as { readonly fastify: FastifyLike }
      fastify.addHook('onRequest', (request, _reply, done) => {
        nameFastifyRoute(request)
        done()
      })
      noteFastifyErrors(fastify)
    } catch {
      // An instance of unknown shape names no routes.
    }
  })
}

/** Notes the errors for which an instance sends a response of its own or of its error handler. */
export function noteFastifyErrors(fastify: FastifyLike): void {
  fastify.addHook('onError', (request, _reply, error, done) => {
    failRequest(request.raw, error)
    done()
  })
}

/** Names the route of a request, which the router has matched before the first hook. */
export function nameFastifyRoute(request: FastifyRequestLike): void {
  try {
    const open = openRequestOf(request.raw)
    if (open !== undefined) open.route = routeOf(request)
  } catch {
    // A request of unknown shape has no route.
  }
}

/** The property in which Fastify stores a request's route; null if this version lacks it. */
let contextKey: symbol | null | undefined

/**
 * Returns the template of a request's route, if any. It reads the context on the request, because the getter `routeOptions`
 * creates an object of about twelve properties each time.
 */
function routeOf(request: FastifyRequestLike): string | undefined {
  contextKey ??=
    Object.getOwnPropertySymbols(request).find(({ description }) => description === 'fastify.context') ?? null
  const context: unknown = contextKey === null ? undefined : Reflect.get(request, contextKey)
  const config: unknown = isObject(context) ? context.config : undefined
  if (isObject(config)) return typeof config.url === 'string' ? config.url : undefined
  return request.is404 === true ? undefined : request.routeOptions?.url
}
