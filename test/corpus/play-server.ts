import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Certificate } from './certificate.js'
import { type Answer, type Playing, sendAnswer } from './play-answer.js'

/** A received request, without parts that differ between runs. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: readonly string[]
  readonly body: string
}

export interface PlayServer {
  readonly url: string
  /** The certificate that a client must trust, in PEM; undefined without TLS. */
  readonly ca: string | undefined
  play(playing: Playing): void
  /** The requests since the last `play`. */
  readonly requests: readonly SeenRequest[]
  /** Whether a client disconnected before its response was complete, since the last `play`. */
  readonly hasLeft: boolean
  /** Resolves when the first request since the last `play` has arrived. */
  requested(): Promise<void>
  /** Resolves when every request of the last `play` has ended. */
  settled(): Promise<void>
  close(): void
}

/**
 * Starts a loopback server that plays one conversation at a time, byte for byte. With a certificate, it speaks HTTP/2 over
 * TLS and refuses HTTP/1.1; without one, HTTP/1.1.
 */
export async function startPlayServer(certificate?: Certificate): Promise<PlayServer> {
  let playing: Playing | undefined
  let requests: SeenRequest[] = []
  let open = 0
  let hasLeft = false
  let onIdle: (() => void) | undefined
  let onRequest: (() => void) | undefined
  const { port, close } = await listen(certificate, (request, response) => {
    open++
    response.on('close', () => {
      open--
      if (!response.writableFinished) hasLeft = true
      if (open === 0) onIdle?.()
    })
    void readBody(request).then((body) => {
      requests.push({ ...seenRequest(request), body: createHash('sha256').update(body).digest('hex') })
      onRequest?.()
      if (playing !== undefined) void sendAnswer(response, playing, requests.length)
    })
  })
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    ca: certificate?.cert,
    play(next) {
      playing = next
      requests = []
      hasLeft = false
    },
    get hasLeft() {
      return hasLeft
    },
    get requests() {
      return requests
    },
    requested: () =>
      requests.length > 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            onRequest = resolve
          }),
    settled: () =>
      open === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            onIdle = resolve
          }),
    close,
  }
}

type Listener = (request: IncomingMessage | Http2ServerRequest, response: Answer) => void

async function listen(certificate: Certificate | undefined, listener: Listener) {
  const server = certificate === undefined ? createServer(listener) : createSecureServer({ ...certificate }, listener)
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session: ServerHttp2Session) => sessions.add(session))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
      for (const session of sessions) session.destroy()
    },
  }
}

async function readBody(request: IncomingMessage | Http2ServerRequest): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}

function seenRequest({ method = '', url = '', rawHeaders }: IncomingMessage | Http2ServerRequest) {
  const headers = rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase())
  return { method, path: url, headers }
}
