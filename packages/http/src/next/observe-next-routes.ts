import { isObject } from '@quipu/catalog/builtin'
import { failRequest, readRoutesOf } from '../requests/request-registry.js'
import { nextFailureOf } from './on-request-error.js'

/** The property of Node's request in which Next (13 to 16) stores the match of its router. */
const META = Symbol.for('NextInternalRequestMeta')

/** Next's own pages for unknown paths and errors. */
const errorPages: ReadonlySet<unknown> = new Set(['/_not-found', '/_error', '/404', '/405', '/500'])

/**
 * Names the routes of Next (15 and 16): pages, app, route handlers, actions and middleware, with both bundlers, in
 * development, built and standalone. Next is neither loaded nor changed. Never throws.
 */
export function observeNextRoutes(): void {
  readRoutesOf('next', nextRoute)
}

function nextRoute(request: object, response: object): string | undefined {
  const meta: unknown = Reflect.get(request, META)
  if (!isObject(meta)) return undefined
  const failure = nextFailureOf(request)
  if (failure !== undefined) failRequest(request, failure.error)
  const match: unknown = Reflect.get(meta, 'match')
  const definition: unknown = isObject(match) ? Reflect.get(match, 'definition') : undefined
  const pathname: unknown = isObject(definition) ? Reflect.get(definition, 'pathname') : undefined
  if (typeof pathname === 'string') return errorPages.has(pathname) ? failure?.route : pathname
  const url: unknown = Reflect.get(request, 'url')
  if (typeof url === 'string' && url.startsWith('/_next/')) return ownRoute(url)
  return Reflect.get(meta, 'middlewareInvoke') === true && !isFile(response) ? 'middleware' : undefined
}

/** Returns the route of a response by Next itself. */
function ownRoute(url: string): string {
  return ['/_next/static', '/_next/image', '/_next/data'].find((route) => url.startsWith(route)) ?? '/_next'
}

/** Returns whether a response is a file of `public`; Next calls the middleware before it serves a file. */
function isFile(response: object): boolean {
  const getHeader: unknown = Reflect.get(response, 'getHeader')
  return typeof getHeader === 'function' && Reflect.apply(getHeader, response, ['accept-ranges']) !== undefined
}
