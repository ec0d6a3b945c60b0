import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createGunzip } from 'node:zlib'
import { metricsRequest } from './metrics-schema.js'
import { readBody } from './read-body.js'
import { readProtobuf } from './read-protobuf.js'

/**
 * Creates a server for OTLP/HTTP, protobuf or JSON, that does not listen yet. Other signals are accepted and discarded, so that
 * their exporters do not fail.
 *
 * @param take receives each request for metrics, in the form of OTLP/JSON
 */
export function createOtlpHttpServer(take: (metrics: unknown) => void): Server {
  return createServer((request, response) => {
    answer(request, response, take).catch(() => {
      if (!response.headersSent) response.writeHead(400)
      response.end()
    })
  })
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  take: (metrics: unknown) => void,
): Promise<void> {
  const isJson = request.headers['content-type']?.startsWith('application/json') === true
  const body = await readBody(request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request)
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
