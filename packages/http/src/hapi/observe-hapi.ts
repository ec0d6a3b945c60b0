import { wrapMethod } from '../reports/wrap-method.js'
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
  // The result is the same with and without `new`: hapi returns an instance of an inner class.
  const observing = (make: MakeServer): MakeServer =>
    function (...args) {
      const server = Reflect.apply(make, this, args)
      try {
        nameHapiRoutes(server)
      } catch {
        // A server of another shape names no routes.
      }
      return server
    }
  return ['server', 'Server'].map((name) => wrapMethod(exports, name, observing)).every(Boolean)
}
