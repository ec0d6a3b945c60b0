import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import { gunzipSync } from 'node:zlib'
import { metricsRequest } from './metrics-schema.js'
import { MOST_BYTES, readBody } from './read-body.js'
import { readProtobuf } from './read-protobuf.js'

const METRICS = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export'
/** Of gRPC's status codes. */
const STATUS = { ok: '0', invalidArgument: '3' }
/** A message has a byte that says whether it is compressed, and four for its length. */
const PREFIX_BYTES = 5
const HEADERS = { ':status': 200, 'content-type': 'application/grpc' } as const

/**
 * Creates a server for OTLP/gRPC over HTTP/2 without TLS that does not listen yet. Other signals are accepted and discarded.
 *
 * @param take receives each request for metrics, in the form of OTLP/JSON
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export function createOtlpGrpcServer(take: (metrics: unknown) => void): Http2Server {
  const server = createServer()
  server.on('stream', (stream, headers) => {
    // A client that leaves before it has its answer.
    stream.on('error', () => undefined)
    answer(stream, headers[':path'] === METRICS ? take : () => undefined).catch(() => {
      if (!stream.destroyed) stream.respond({ ...HEADERS, 'grpc-status': STATUS.invalidArgument }, { endStream: true })
    })
  })
  return server
}

async function answer(stream: ServerHttp2Stream, take: (metrics: unknown) => void): Promise<void> {
  const body = await readBody(stream)
  take(readProtobuf(messageOf(body), metricsRequest))
  stream.respond(HEADERS, { waitForTrailers: true })
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': STATUS.ok }))
  // An empty message.
  stream.end(Buffer.alloc(PREFIX_BYTES))
}

function messageOf(body: Buffer | undefined): Buffer {
  if (body === undefined || body.length < PREFIX_BYTES) throw new RangeError('not a message of gRPC')
  const message = body.subarray(PREFIX_BYTES, PREFIX_BYTES + body.readUInt32BE(1))
  return body[0] === 1 ? gunzipSync(message, { maxOutputLength: MOST_BYTES }) : message
}
