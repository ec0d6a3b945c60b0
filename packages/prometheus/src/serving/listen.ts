import type { Server, ServerResponse } from 'node:http'
import { QuipuError } from '@quipu/catalog/builtin'
import { readOptions, resolveOptions } from '@quipu/catalog/options'
import { checkBind } from './bind.js'
import type { PageHandler } from './handler.js'
import { type ListenOptions, listenOptions } from './handler-options.js'
import { createHostCheck } from './host-check.js'
import { mayListen } from './may-listen.js'
import { nodeBuiltin } from './node-builtin.js'

/** A listening server of pages. */
export interface PageServer {
  readonly server: Server
  readonly host: string
  readonly port: number
  /** Base URL without a trailing slash: `http://127.0.0.1:9464`. */
  readonly url: string
  /** Lets the process end while the server listens. */
  unref(): void
  /** Stops listening and waits up to `graceMs` milliseconds (default 1,000) for requests in progress. Never rejects. */
  close(graceMs?: number): Promise<void>
}

/** Prometheus' default scrape interval is one minute: connections stay open between scrapes. */
const KEEP_ALIVE_MS = 75_000

/**
 * Starts a server of `node:http` for scrapes, by default on loopback and a free port. A server on loopback answers 421
 * to requests whose `Host` is neither a name of loopback nor in `allowedHosts`.
 *
 * @param handler the handler of the pages, from `createHandler`
 * @param options address and port
 * @returns the server; rejects with QuipuError QUIPU_CONFIG_INVALID, QUIPU_BIND_REFUSED (open to other hosts without
 * auth), QUIPU_PORT_IN_USE, QUIPU_LISTEN_FAILED
 * @example
 * const { url, close } = await listen(createHandler({ pages: { '/custom_metrics': catalogPage(recorder) } }))
 */
export async function listen(handler: PageHandler, options: ListenOptions = {}): Promise<PageServer> {
  const given = readOptions(listenOptions, options, 'listen()')
  const { host, port, allowPublic, allowedHosts = [] } = resolveOptions(listenOptions, given)
  checkBind(host, { hasAuth: handler.hasAuth, allowPublic })
  const http = nodeBuiltin('node:http')
  if (http === undefined) throw listenError(host, port, new Error('this runtime has no node:http'))
  if (!mayListen()) throw listenError(host, port, new Error('ERR_ACCESS_DENIED'))
  const isHostAccepted = createHostCheck(host, allowedHosts)
  const server = http.createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 30_000 }, (request, response) => {
    if (isHostAccepted(request.headers.host)) handler(request, response)
    else refuseHost(response)
  })
  let isRefed = true
  server.on('connection', (socket) => {
    if (!isRefed) socket.unref()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(host, port, error)))
    // Exclusive: a worker of node:cluster would ask its primary for the port, which may have ended.
    server.listen({ port, host: host.replace(/^\[(.*)\]$/, '$1'), exclusive: true }, resolve)
  })
  // Later errors are those of sockets that could not be accepted. They must not end the process.
  server.on('error', () => undefined)
  const address = server.address()
  const actualPort = typeof address === 'object' && address !== null ? address.port : port
  return {
    server,
    host,
    port: actualPort,
    url: `http://${hostInUrl(host)}:${actualPort}`,
    unref() {
      isRefed = false
      server.unref()
    },
    close: (graceMs = 1000) => close(server, graceMs),
  }
}

function refuseHost(response: ServerResponse): void {
  response.writeHead(421, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' })
  response.end('this server listens on loopback and answers to its names only; allowedHosts adds more\n')
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}

/** The address in a URL: a client cannot connect to the wildcard address. */
function hostInUrl(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  const reachable = bare === '0.0.0.0' ? '127.0.0.1' : bare === '::' || bare === '' ? '::1' : bare
  return reachable.includes(':') ? `[${reachable}]` : reachable
}

function listenError(host: string, port: number, error: Error): QuipuError {
  const code = 'code' in error ? String(error.code) : error.message
  const got = `${host}:${port} (${code})`
  if (code === 'EADDRINUSE') {
    return new QuipuError('QUIPU_PORT_IN_USE', {
      what: 'Another program listens on the port of the pages.',
      got,
      fix: 'Choose another port, or port: 0 for any free one.',
      cause: error,
    })
  }
  return new QuipuError('QUIPU_LISTEN_FAILED', {
    what: 'The server of the pages cannot listen on its address.',
    got,
    fix:
      code === 'ERR_ACCESS_DENIED'
        ? 'Start Node with --allow-net, or turn the server off: prometheus: false.'
        : 'Use an address of this host, such as 127.0.0.1, and a port from 1024 up.',
    cause: error,
  })
}
