import { isLoopback } from './bind.js'

/**
 * Creates the check of the `Host` header for a server on loopback. A web page whose name resolves to 127.0.0.1 (DNS
 * rebinding) can reach the port through a browser, but under its own name.
 *
 * @param host address of the server; an address that other hosts reach is not checked
 * @param allowedHosts additional names, each with or without a port
 * @returns whether to answer a request with this header; a request without one is not from a browser. Never throws
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
