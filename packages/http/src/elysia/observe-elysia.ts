import { isObject } from '@quipu/catalog/builtin'
import { beforeCalls } from '../reports/before-calls.js'
import { openRequestOf } from '../requests/request-registry.js'
import { createElysiaRoutes, type ElysiaLike } from './elysia-routes.js'
import { noteElysiaErrors, noteErrorsOfHooks } from './note-elysia-errors.js'

/**
 * Names the routes of all applications of a loaded Elysia (1.2 and later), and notes their errors.
 * @param exports what `import('elysia')` resolves to
 * @returns whether the module's shape was recognised; never throws
 * @example
 * observeElysia(await import('elysia'))
 */
export function observeElysia(exports: unknown): boolean {
  const Elysia: unknown = isObject(exports) ? Reflect.get(exports, 'Elysia') : undefined
  const prototype: unknown = typeof Elysia === 'function' ? Elysia.prototype : undefined
  if (!isObject(prototype)) return false
  const fetch = Object.getOwnPropertyDescriptor(prototype, 'fetch')
  if (fetch?.get === undefined) return false
  const { get } = fetch
  beforeCalls(prototype, 'add', oncePerApp(noteElysiaErrors))
  noteErrorsOfHooks(prototype)
  // Both `fetch` and `compile` compose the handler of all requests, with the wrappers that the application has by then.
  const nameRoutes = oncePerApp(wrapHandler)
  Object.defineProperty(prototype, 'fetch', {
    ...fetch,
    get(this: ElysiaLike) {
      nameRoutes(this)
      return Reflect.apply(get, this, [])
    },
  })
  return beforeCalls(prototype, 'compile', nameRoutes)
}

function oncePerApp(see: (app: ElysiaLike) => void): (app: object) => void {
  const seen = new WeakSet<object>()
  return (app) => {
    if (seen.has(app)) return
    seen.add(app)
    see(app as ElysiaLike)
  }
}

function wrapHandler(app: ElysiaLike): void {
  try {
    const routeOf = createElysiaRoutes(app)
    app.wrap((handle) => (request, ...rest) => {
      try {
        const open = openRequestOf(request.runtime?.node?.req ?? request)
        if (open !== undefined) open.route = routeOf(request)
      } catch {
        // A request of another shape has no route.
      }
      return handle(request, ...rest)
    })
  } catch {
    // An application of another shape names no routes.
  }
}
