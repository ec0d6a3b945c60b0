/** Reads a header by its lower-case name. */
export type Header = (name: string) => string | undefined

const DEFAULT_HOLD_MS = 10_000
const MAX_HOLD_MS = 60_000

/** Returns whether clients send a request again after this response. */
export function isRetryable(status: number, header: Header): boolean {
  const advice = header('x-should-retry')
  if (advice === 'true' || advice === 'false') return advice === 'true'
  return status === 408 || status === 409 || status === 425 || status === 429 || status >= 500
}

/** Returns the URL at which a redirected client repeats its request; undefined if the response is not a redirect. */
export function redirectOf(
  status: number,
  header: Header,
  { origin, path }: { readonly origin: string; readonly path: string },
): string | undefined {
  if (status < 300 || status > 308 || status === 304) return undefined
  const location = header('location')
  const base = `${origin}${path}`
  return location !== undefined && URL.canParse(location, base) ? new URL(location, base).href : undefined
}

/** Returns the milliseconds to wait for a retry: the time that the response requests, plus a client's longest pause. */
export function holdMs(header: Header): number {
  const afterMs = Number(header('retry-after-ms') ?? Number.NaN)
  const after = header('retry-after')
  const asked = Number.isFinite(afterMs) ? afterMs : retryAfterMs(after)
  return Math.min(Math.max(asked, 0) + DEFAULT_HOLD_MS, MAX_HOLD_MS)
}

/** `Retry-After` is a number of seconds or a date (RFC 9110, section 10.2.3). */
function retryAfterMs(value: string | undefined): number {
  if (value === undefined) return 0
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return seconds * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? 0 : date - Date.now()
}
