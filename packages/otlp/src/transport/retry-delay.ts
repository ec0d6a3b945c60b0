const FIRST_MS = 1000
const FACTOR = 1.5
const MAX_MS = 5000
const JITTER = 0.2

/** Returns the pause before a retry in milliseconds: 1 s, then half as long again each time, at most 5 s, ± 20 %. */
export function retryDelayMs(retry: number): number {
  const jitter = 1 + (Math.random() * 2 - 1) * JITTER
  return Math.min(FIRST_MS * FACTOR ** retry * jitter, MAX_MS)
}

/**
 * Returns the milliseconds of `Retry-After`, which is seconds or a date (RFC 9110 §10.2.3); undefined for other values.
 */
export function retryAfterMs(header: string | undefined, now: number = Date.now()): number | undefined {
  if (header === undefined) return undefined
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
