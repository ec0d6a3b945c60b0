import { joinTemplates, toTemplate } from './template.js'
import { templateFromValues } from './template-from-values.js'

/** A router that the request is inside of: what its mount path matched, and the template of that. */
interface Mount {
  readonly baseUrl: string
  readonly template: string
}

/**
 * Watches which route a request takes, by what Express's routers say on the request itself: `params`, then `route` for a
 * route or `baseUrl` for a mounted router. It must be seen as it happens: `baseUrl` holds the path's real values, and it is
 * taken back before an error is answered.
 *
 * @returns the template of the route that was matched last; of the mount path where a mounted handler answered without
 * one; undefined where neither is
 */
export function trackRoute(request: object): () => string | undefined {
  const start: unknown = Reflect.get(request, 'baseUrl')
  // Used within a mounted router, it knows nothing of the path to there but its values.
  const mounts: Mount[] = [{ baseUrl: typeof start === 'string' ? start : '', template: '' }]
  let matched: string | undefined
  let route: object | undefined
  /** A list of paths whose params come next: only then does the router say which of them it was. */
  let pending: readonly unknown[] | undefined

  const base = (): string => mounts.at(-1)?.template ?? ''
  const current = (): string | undefined => matched ?? (mounts.length > 1 ? base() : undefined)
  const match = (pattern: unknown): void => {
    matched = joinTemplates(base(), toTemplate(pattern))
  }

  watch(request, 'baseUrl', (value) => {
    if (typeof value !== 'string') return
    while (mounts.length > 1 && !isWithin(value, mounts.at(-1)?.baseUrl ?? '')) mounts.pop()
    const outer = mounts.at(-1)?.baseUrl ?? ''
    if (value !== outer) {
      const rest = value.slice(outer.length)
      const pattern = patternOf(request) ?? templateFromValues(rest, Reflect.get(request, 'params'))
      mounts.push({ baseUrl: value, template: joinTemplates(base(), toTemplate(pattern)) })
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
  watch(request, 'params', () => {
    if (pending !== undefined) match(patternOf(request) ?? pending)
    pending = undefined
  })

  return current
}

function isWithin(url: string, base: string): boolean {
  return url === base || (url.startsWith(base) && (base === '' || url[base.length] === '/'))
}

/** Under this description the router (2.3 and later) says on a request which pattern a layer matched by. */
const PATTERN = 'router.tracing.matchedRoute'

function patternOf(request: object): unknown {
  for (const symbol of Object.getOwnPropertySymbols(request)) {
    if (symbol.description === PATTERN) return Reflect.get(request, symbol)
  }
  return undefined
}

/** Tells what a property of the request is set to; it stays what it was to all others. */
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
        // Whatever stands on the request, routing goes on.
      }
    },
  })
}
