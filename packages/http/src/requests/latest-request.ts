import type { OpenRequest } from './open-request.js'

let latestObject: object | undefined
let latestUrl = ''
let latest: OpenRequest | undefined

/** Remembers the request that started last, by the object that Node gives to the application. */
export function rememberLatestRequest(object: object, url: string | undefined, open: OpenRequest): void {
  latestObject = object
  latestUrl = url ?? ''
  latest = open
}

/** Forgets a request that has ended, so that its object can be freed. */
export function forgetLatestRequest(open: OpenRequest): void {
  if (open !== latest) return
  latestObject = undefined
  latest = undefined
}

/**
 * Returns the request of an object if it started last. Most handlers run right after the start, and a comparison reads
 * nothing from the object: on Node 20 and 22 each Express request has a hidden class of its own, so that the first read of
 * any property takes V8 about 300 ns.
 */
export function latestRequestOf(object: object): OpenRequest | undefined {
  return object === latestObject ? latest : undefined
}

/**
 * Returns the request that started last if it is for this path; for routers that do not have the request they match.
 * @param path the path that the router matches; it may be decoded, and without the slash at its end
 */
export function latestNodeRequest(path: string): OpenRequest | undefined {
  return hasPath(latestUrl, path) || comparable(pathOf(latestUrl)) === comparable(path) ? latest : undefined
}

function hasPath(url: string, path: string): boolean {
  if (!url.startsWith(path)) return false
  const next = url.charCodeAt(path.length)
  return Number.isNaN(next) || next === QUESTION_MARK
}

const QUESTION_MARK = 0x3f

/** The path of a request's target, which may be a whole URL, without dot segments. */
function pathOf(url: string): string {
  try {
    return new URL(url.startsWith('/') ? `http://host${url}` : url).pathname
  } catch {
    return url
  }
}

function comparable(path: string): string {
  const decoded = path.replaceAll(/(?:%[0-9a-f]{2})+/gi, decodeCharacters)
  return decoded.endsWith('/') ? decoded.slice(0, -1) : decoded
}

function decodeCharacters(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}
