import type { DocumentText, ServedDocument } from '@quipu/prometheus'
import { UsageError } from '../terminal/io.js'
import type { StudioSource } from './studio-source.js'

const ACCEPT = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5'
const TIMEOUT_MS = 8000
const PATHS = ['/custom_metrics', '/metrics', '/quipu/lines']

/**
 * Reads the pages of a running application for the browser, so that the token stays here and the browser needs only one
 * server.
 * @throws UsageError if the address is not an HTTP address
 */
export function createPageSource(address: string, token: string | undefined): StudioSource {
  const base = baseOf(address)
  const headers = { accept: ACCEPT, ...(token !== undefined && { authorization: `Bearer ${token}` }) }
  const read = (path: string): ServedDocument => ({
    async read(query) {
      try {
        const response = await fetch(`${base}${path}${query === '' ? '' : `?${query}`}`, {
          headers,
          signal: AbortSignal.timeout(TIMEOUT_MS),
        })
        const type = response.headers.get('content-type') ?? 'text/plain; charset=utf-8'
        return { status: response.status, body: await response.text(), headers: { 'content-type': type } }
      } catch {
        return unreachable(base)
      }
    },
  })
  return {
    name: base,
    pages: {},
    documents: Object.fromEntries(PATHS.map((path) => [path, read(path)])),
    close: async () => undefined,
  }
}

function unreachable(base: string): DocumentText {
  const headers = { 'content-type': 'text/plain; charset=utf-8' }
  return { status: 502, body: `${base} does not answer\n`, headers }
}

/** Returns the base address: `http://localhost:9464` for `http://localhost:9464/custom_metrics` and `localhost:9464`. */
function baseOf(address: string): string {
  const full = /^https?:\/\//i.test(address) ? address : `http://${address}`
  if (!URL.canParse(full)) throw new UsageError(`${address} is not an address, such as http://localhost:9464`)
  const { origin, pathname } = new URL(full)
  return origin + pathname.replace(/\/(?:custom_metrics|metrics|quipu)?\/?$/, '')
}
