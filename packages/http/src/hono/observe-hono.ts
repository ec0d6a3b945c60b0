import { latestNodeRequest } from '../requests/latest-request.js'
import { type HonoMatch, nameHonoRoute } from './hono-route.js'
import { noteHonoErrors } from './note-hono-errors.js'

type Match = (this: { match: Match }, method: string, path: string) => HonoMatch

/**
 * Names the routes of all applications of a loaded Hono (4), and notes their errors. A router does not have the request that it matches. It is
 * the latest request for the same path, and requests for one path have one route.
 * @param exports what `import('hono')` resolves to
 * @returns whether the module's shape was recognised
 */
export function observeHono(exports: unknown): boolean {
  const Hono: unknown = typeof exports === 'object' && exports !== null ? Reflect.get(exports, 'Hono') : undefined
  if (typeof Hono !== 'function') return false
  const router: unknown = Reflect.get(Reflect.construct(Hono, []), 'router')
  const prototype: unknown = typeof router === 'object' && router !== null ? Object.getPrototypeOf(router) : undefined
  if (typeof prototype !== 'object' || prototype === null) return false
  const match: unknown = Reflect.get(prototype, 'match')
  if (!isMatch(match)) return false
  const wrapped: Match = function (method, path) {
    const result = Reflect.apply(match, this, [method, path])
    nameRoute(path, result)
    // The first match replaces itself by the function of the chosen router.
    const chosen = Object.hasOwn(this, 'match') ? this.match : undefined
    if (chosen !== undefined) {
      this.match = function (method, path) {
        const found = chosen.call(this, method, path)
        nameRoute(path, found)
        return found
      }
    }
    return result
  }
  noteHonoErrors(prototype)
  return Reflect.set(prototype, 'match', wrapped)
}

function nameRoute(path: string, match: HonoMatch): void {
  try {
    const open = latestNodeRequest(path)
    if (open !== undefined) nameHonoRoute(open, match)
  } catch {
    // A match of unknown shape names no route.
  }
}

function isMatch(value: unknown): value is Match {
  return typeof value === 'function'
}
