import { isObject } from '@quipu/catalog/builtin'
import { wrapMethod } from '../reports/wrap-method.js'
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
  const Hono: unknown = isObject(exports) ? exports.Hono : undefined
  if (typeof Hono !== 'function') return false
  const router: unknown = Reflect.get(Reflect.construct(Hono, []), 'router')
  if (!isObject(router)) return false
  const prototype: object = Object.getPrototypeOf(router)
  noteHonoErrors(prototype)
  return wrapMethod<Match>(prototype, 'match', (match) => {
    return function (method, path) {
      const result = Reflect.apply(match, this, [method, path])
      nameRoute(path, result)
      // The first match replaces itself by the function of the chosen router.
      if (Object.hasOwn(this, 'match')) wrapMethod<Match>(this, 'match', naming)
      return result
    }
  })
}

function naming(match: Match): Match {
  return function (method, path) {
    const found = Reflect.apply(match, this, [method, path])
    nameRoute(path, found)
    return found
  }
}

function nameRoute(path: string, match: HonoMatch): void {
  try {
    const open = latestNodeRequest(path)
    if (open !== undefined) nameHonoRoute(open, match)
  } catch {
    // A match of unknown shape names no route.
  }
}
