import type { OpenRequest } from '../requests/open-request.js'

let latestUrl = ''
let latest: OpenRequest | undefined

/** Remembers the request that started last. */
export function rememberLatestRequest(url: string | undefined, open: OpenRequest): void {
  latestUrl = url ?? ''
  latest = open
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
