import { isObject } from '@quipu/catalog/builtin'
import type { FrameworkRequest } from '../requests/open-request.js'
import { hasWholeUrl, joinTemplates, toTemplate } from './template.js'
import { templateFromValues } from './template-from-values.js'

/** A router on the path of the request: its matched mount path and the template of that path. */
interface Mount {
  readonly baseUrl: string
  readonly template: string
}

/**
 * Watches the properties that Express's routers set on a request: `params`, then `route` for a route or `baseUrl` for a
 * mounted router. The properties must be observed as they are set: `baseUrl` holds the real values of the path and is
 * reset before an error is answered.
 *
 * @returns what knows the template of the last matched route; of the mount path when a mounted handler responded without a
 * route, or failed; otherwise undefined
 */
export function watchRoute(request: object): FrameworkRequest {
  const start: unknown = Reflect.get(request, 'baseUrl')
  // Within a mounted router, only the values of the path up to there are known, not its template.
  const mounts: Mount[] = [{ baseUrl: typeof start === 'string' ? start : '', template: '' }]
  let matched: string | undefined
  let route: object | undefined
  /** A list of paths whose params follow: only those reveal which of the paths matched. */
  let pending: readonly unknown[] | undefined
  /** The innermost mount path that was left last, and the number of layers that were called since. */
  let left: Mount | undefined
  let calledSince = 0
  /** Null for a failure outside mount paths. */
  let failedAt: Mount | null | undefined
  /** Routers set params of their own for each layer, and restore those of the outer router. */
  const known = new Set<unknown>([Reflect.get(request, 'params')])

  const base = (): string => mounts.at(-1)?.template ?? ''
  /** The template of a path that the innermost router matched. */
  const below = (path: string, pattern: unknown): string =>
    joinTemplates(mounts.length > 1 && hasWholeUrl(request, path) ? '' : base(), toTemplate(pattern))
  /** Without a call of another layer, the error was answered by Express itself. */
  const failed = (): Mount | null | undefined =>
    failedAt === undefined && calledSince === 0 && statusOf(request) >= 500 ? left : failedAt
  const match = (pattern: unknown): void => {
    matched = below('', pattern)
  }

  watch(request, 'baseUrl', (value) => {
    if (typeof value !== 'string') return
    while (mounts.length > 1 && !isWithin(value, mounts.at(-1)?.baseUrl ?? '')) {
      const mount = mounts.pop()
      if (left === undefined || calledSince > 0) left = mount
      calledSince = 0
    }
    const outer = mounts.at(-1)?.baseUrl ?? ''
    if (value !== outer) {
      const rest = value.slice(outer.length)
      const pattern = patternOf(request) ?? templateFromValues(rest, Reflect.get(request, 'params'))
      mounts.push({ baseUrl: value, template: below(rest, pattern) })
    }
  })
  watch(request, 'route', (value) => {
    // Set by the router, and again by the route itself.
    if (typeof value !== 'object' || value === null || value === route) return
    route = value
    const path: unknown = Reflect.get(value, 'path')
    pending = Array.isArray(path) ? path : undefined
    match(path)
  })
  watch(request, 'params', (value) => {
    if (isObject(value) && !known.has(value)) calledSince++
    known.add(value)
    if (pending !== undefined) match(patternOf(request) ?? pending)
    pending = undefined
  })

  return {
    route: () => matched ?? (mounts.length > 1 ? base() : failed()?.template),
    noteFailure() {
      // The router leaves the mount path of a failed handler, then calls the first layer for errors.
      if (failedAt === undefined) failedAt = (calledSince === 1 && left) || null
    },
  }
}

function statusOf(request: object): number {
  const response: unknown = Reflect.get(request, 'res')
  return isObject(response) ? Number(response.statusCode) : 0
}

function isWithin(url: string, base: string): boolean {
  return url === base || (url.startsWith(base) && (base === '' || url[base.length] === '/'))
}

/** Description of the symbol under which the router (2.3 and later) stores the pattern of the matched layer. */
const PATTERN = 'router.tracing.matchedRoute'

function patternOf(request: object): unknown {
  for (const symbol of Object.getOwnPropertySymbols(request)) {
    if (symbol.description === PATTERN) return Reflect.get(request, symbol)
  }
  return undefined
}

/** Calls a function with each new value of a property, which otherwise keeps its behaviour. */
function watch(request: object, name: string, onSet: (value: unknown) => void): void {
  const before = Reflect.getOwnPropertyDescriptor(request, name)
  if (before !== undefined && (!before.configurable || !('value' in before))) return
  let current: unknown = before?.value
  Reflect.defineProperty(request, name, {
    configurable: true,
    enumerable: true,
    get: () => current,
    set(value: unknown) {
      if (this !== request) {
        // An object that inherits from the request gets its own, as from a plain property.
        Reflect.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true })
        return
      }
      current = value
      try {
        onSet(value)
      } catch {
        // Routing must proceed with any value.
      }
    },
  })
}
