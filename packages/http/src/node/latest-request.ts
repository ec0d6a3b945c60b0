import type { OpenRequest } from '../requests/open-request.js'

let latestUrl = ''
let latest: OpenRequest | undefined

/** Remembers the request that started last. */
export function rememberLatestRequest(url: string | undefined, open: OpenRequest): void {
  latestUrl = url ?? ''
  latest = open
}

/** Returns the request that started last if it is for this path; for routers that do not have the request they match. */
export function latestNodeRequest(path: string): OpenRequest | undefined {
  if (!latestUrl.startsWith(path)) return undefined
  const next = latestUrl.charCodeAt(path.length)
  return Number.isNaN(next) || next === QUESTION_MARK ? latest : undefined
}

const QUESTION_MARK = 0x3f
