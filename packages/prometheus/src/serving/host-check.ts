import { isLoopback } from './bind.js'

/**
 * Makes the check of a request's `Host` header for a server that listens on loopback: a web page whose name resolves to
 * 127.0.0.1 (DNS rebinding) reaches the port through a browser, but under its own name.
 *
 * @param host address that the server listens on; an address that others reach has no check
 * @param allowedHosts names that are accepted too, each with or without a port
 * @returns whether a request with this header is answered; a request without one comes from no browser. Never throws
 */
export function createHostCheck(
  host: string,
  allowedHosts: readonly string[],
): (header: string | undefined) => boolean {
  if (!isLoopback(host)) return () => true
  const allowed = new Set(allowedHosts.map((name) => name.toLowerCase()))
  return (header) => {
    if (header === undefined) return true
    const full = header.trim().toLowerCase()
    const name = full.replace(/:\d*$/, '')
    return isLoopback(name) || allowed.has(name) || allowed.has(full)
  }
}
