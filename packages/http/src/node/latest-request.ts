import type { OpenRequest } from '../requests/open-request.js'

let latestUrl = ''
let latest: OpenRequest | undefined

/** Remembers the request that began last. */
export function rememberLatestRequest(url: string | undefined, open: OpenRequest): void {
  latestUrl = url ?? ''
  latest = open
}

/** The request that began last, where it is one for this path: for routers that do not know the request they match. */
export function latestNodeRequest(path: string): OpenRequest | undefined {
  if (!latestUrl.startsWith(path)) return undefined
  const next = latestUrl.charCodeAt(path.length)
  return Number.isNaN(next) || next === QUESTION_MARK ? latest : undefined
}

const QUESTION_MARK = 0x3f
