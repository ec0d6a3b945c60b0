import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'

/** The content type of an OpenMetrics 1.0 page. */
export const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
/** The content type of a page in the Prometheus text format. */
export const TEXT = 'text/plain; version=0.0.4; charset=utf-8'

/** A loopback HTTP server that responds to every request with one page, for a scraper. */
export interface PageServer {
  readonly url: string
  /** The headers of each request so far. */
  readonly requests: readonly IncomingHttpHeaders[]
  /** The response to the next requests. */
  setPage(page: string, contentType?: string): void
  stop(): Promise<void>
}

export async function startPageServer(page: string, contentType: string = OPENMETRICS): Promise<PageServer> {
  let current = { page, contentType }
  const requests: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    requests.push(request.headers)
    response.writeHead(200, { 'content-type': current.contentType }).end(current.page)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error(`no TCP port but ${address}`)
  return {
    url: `http://127.0.0.1:${address.port}/metrics`,
    requests,
    setPage(next, nextType = current.contentType) {
      current = { page: next, contentType: nextType }
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
