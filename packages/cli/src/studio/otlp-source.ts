import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createGunzip } from 'node:zlib'
import { otelPage } from '@quipu/prometheus'
import { metricsRequest } from './otlp/metrics-schema.js'
import { readProtobuf } from './otlp/read-protobuf.js'
import { createReceivedMetrics } from './otlp/received-metrics.js'
import type { StudioSource } from './studio-source.js'

/** Maximum size of a request in bytes, uncompressed; larger ones are refused. */
const MOST_BYTES = 16 << 20

/**
 * Receives metrics over OTLP/HTTP on a loopback port, as protobuf or JSON. Other signals are accepted and discarded, so
 * that their exporters do not fail. Rejects if the port is taken.
 */
export async function createOtlpSource(port: number): Promise<StudioSource> {
  const received = createReceivedMetrics()
  const server = createServer((request, response) => {
    answer(request, response, received.take).catch(() => {
      if (!response.headersSent) response.writeHead(400)
      response.end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  const actual = typeof address === 'object' && address !== null ? address.port : port
  return {
    name: `metrics sent to http://127.0.0.1:${actual} over OTLP/HTTP`,
    pages: { '/custom_metrics': otelPage(async () => received.collect()) },
    documents: {},
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  take: (metrics: unknown) => void,
): Promise<void> {
  const isJson = request.headers['content-type']?.startsWith('application/json') === true
  const body = await bodyOf(request)
  if (body === undefined) {
    response.writeHead(413).end()
    return
  }
  if (request.method === 'POST' && request.url?.split('?')[0]?.endsWith('/v1/metrics')) {
    take(isJson ? JSON.parse(body.toString('utf8')) : readProtobuf(body, metricsRequest))
  }
  response.writeHead(200, { 'content-type': isJson ? 'application/json' : 'application/x-protobuf' })
  response.end(isJson ? '{}' : '')
}

/** Returns the uncompressed body; undefined if it is too long. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const stream = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of stream) {
    length += piece.length
    if (length > MOST_BYTES) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
