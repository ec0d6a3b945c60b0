import { isObject } from '@quipu/catalog/builtin'
import { beforeCalls } from '../reports/before-calls.js'
import { openRequestOf } from '../requests/request-registry.js'
import { createElysiaRoutes, type ElysiaLike } from './elysia-routes.js'
import { noteElysiaErrors, noteErrorsOfHooks } from './note-elysia-errors.js'

/**
 * Names the routes of all applications that a loaded Elysia (1.2 and later) serves on Node, and notes their errors.
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
  const compile: unknown = Reflect.get(prototype, 'compile')
  if (fetch?.get === undefined || typeof compile !== 'function') return false
  const { get } = fetch
  beforeFirstCall(prototype, 'add', noteElysiaErrors)
  noteErrorsOfHooks(prototype)
  const named = new WeakSet<object>()
  // Both `fetch` and `compile` compose the handler of all requests, with the wrappers that the application has by then.
  const nameRoutes = (app: ElysiaLike): void => {
    if (named.has(app)) return
    named.add(app)
    wrapHandler(app)
  }
  Object.defineProperty(prototype, 'fetch', {
    ...fetch,
    get(this: ElysiaLike) {
      nameRoutes(this)
      return Reflect.apply(get, this, [])
    },
  })
  return Reflect.set(prototype, 'compile', function (this: ElysiaLike, ...args: unknown[]) {
    nameRoutes(this)
    return Reflect.apply(compile, this, args)
  })
}

/** Calls a function before the first call of a method of each application, such as that of its first route. */
function beforeFirstCall(prototype: object, name: string, see: (app: ElysiaLike) => void): void {
  const seen = new WeakSet<object>()
  beforeCalls(prototype, name, (app) => {
    if (seen.has(app)) return
    seen.add(app)
    see(app as ElysiaLike)
  })
}

function wrapHandler(app: ElysiaLike): void {
  try {
    const routeOf = createElysiaRoutes(app)
    app.wrap((handle) => (request, ...rest) => {
      try {
        const node = request.runtime?.node?.req
        const open = node === undefined ? undefined : openRequestOf(node)
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
