import { isObject } from '@quipu/catalog/builtin'
import { type HapiServer, nameHapiRoutes } from './name-hapi-routes.js'

type MakeServer = (this: unknown, ...args: unknown[]) => HapiServer

/**
 * Names the routes of all servers of a loaded hapi (21).
 * @param exports what `require('@hapi/hapi')` returns
 * @returns whether the module's shape was recognised; never throws
 * @example
 * observeHapi(require('@hapi/hapi'))
 */
export function observeHapi(exports: unknown): boolean {
  if (!isObject(exports)) return false
  const isKnown = ['server', 'Server'].map((name) => {
    const make: unknown = Reflect.get(exports, name)
    if (!isMakeServer(make)) return false
    // The result is the same with and without `new`: hapi returns an instance of an inner class.
    const wrapped: MakeServer = function (...args) {
      const server = Reflect.apply(make, this, args)
      try {
        nameHapiRoutes(server)
      } catch {
        // A server of another shape names no routes.
      }
      return server
    }
    return Reflect.set(exports, name, wrapped)
  })
  return isKnown.every(Boolean)
}

function isMakeServer(value: unknown): value is MakeServer {
  return typeof value === 'function'
}
