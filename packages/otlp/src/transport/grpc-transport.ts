import type { Client, Metadata, ServiceError } from '@grpc/grpc-js'
import type { OtlpEndpoint } from '../endpoint.js'
import { loadGrpc } from '../optional.cjs'
import { retryInfoMs } from './grpc-status.js'
import { createRetries } from './retries.js'
import { type Attempt, isSizeError, type OtlpTransport } from './transport.js'

const METHODS = {
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
} as const

/** The retryable status codes of the OTLP specification. */
const RETRYABLE: ReadonlySet<number> = new Set([
  1, // CANCELLED
  4, // DEADLINE_EXCEEDED
  10, // ABORTED
  11, // OUT_OF_RANGE
  14, // UNAVAILABLE
  15, // DATA_LOSS
])
/** Retryable only if the back end sets a time. Otherwise most servers mean a message over their size limit. */
const RESOURCE_EXHAUSTED = 8
const OUT_OF_RANGE = 11
/** The client's code for a stream that was reset before a status. */
const INTERNAL = 13
const UNAVAILABLE = 14
const GZIP = 2

/** Sends requests with gRPC, with the retries of the OTLP specification. */
export function createGrpcTransport(
  endpoint: OtlpEndpoint,
  signal: keyof typeof METHODS,
  userAgent: string,
  onRetry: () => void,
): OtlpTransport {
  const retries = createRetries(endpoint.timeoutMs, onRetry)
  let grpc: Connection | undefined
  return {
    async send(body, encoding = 'protobuf') {
      if (encoding !== 'protobuf') {
        return { outcome: 'refused', error: new Error('a batch written as JSON cannot be sent by gRPC') }
      }
      return retries.run(async (timeoutMs, aborted) => {
        // Created with the first request, because an import of the application that instruments gRPC may follow
        // start().
        grpc ??= connect(endpoint, userAgent)
        const { client, metadata } = grpc
        return call(client, METHODS[signal], body, { metadata, timeoutMs, aborted })
      })
    },
    hurry: retries.hurry,
    abort() {
      retries.abort()
      grpc?.client.close()
    },
  }
}

interface Connection {
  readonly client: Client
  readonly metadata: Metadata
}

function connect({ url, headers, tls, compression }: OtlpEndpoint, userAgent: string): Connection {
  const { Client, Metadata, credentials } = loadGrpc()
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  const { ca = null, key = null, cert = null } = tls
  const client = new Client(
    url.host,
    url.protocol === 'https:' ? credentials.createSsl(ca, key, cert) : credentials.createInsecure(),
    {
      'grpc.primary_user_agent': userAgent,
      // Its own pauses between connections would be longer than those between requests.
      'grpc.max_reconnect_backoff_ms': 5000,
      ...(compression === 'gzip' && { 'grpc.default_compression_algorithm': GZIP }),
    },
  )
  return { client, metadata }
}

interface Call {
  readonly metadata: Metadata
  readonly timeoutMs: number
  readonly aborted: AbortSignal
}

function call(
  client: Client,
  method: string,
  body: Uint8Array,
  { metadata, timeoutMs, aborted }: Call,
): Promise<Attempt> {
  return new Promise((resolve) => {
    const giveUp = (): void => pending.cancel()
    const pending = client.makeUnaryRequest<Uint8Array, Uint8Array>(
      method,
      (request) => Buffer.from(request.buffer, request.byteOffset, request.byteLength),
      (response) => response,
      body,
      metadata,
      { deadline: Date.now() + timeoutMs },
      (error, response) => {
        aborted.removeEventListener('abort', giveUp)
        if (error === null) resolve({ outcome: 'taken', body: response ?? new Uint8Array() })
        else resolve(toAttempt(error))
      },
    )
    aborted.addEventListener('abort', giveUp)
    if (aborted.aborted) giveUp()
  })
}

function toAttempt({ code, details, metadata }: ServiceError): Attempt {
  // The code only: the text of a response may repeat sent data, such as a key.
  const error = new Error(
    code === UNAVAILABLE ? `no connection (gRPC status ${code})` : `the back end answered gRPC status ${code}`,
  )
  const [status] = metadata.get('grpc-status-details-bin')
  const waitMs = typeof status === 'object' ? retryInfoMs(status) : undefined
  if ((code === RESOURCE_EXHAUSTED || code === OUT_OF_RANGE) && waitMs === undefined && isSizeError(details)) {
    return { outcome: 'too-large', error }
  }
  const isWithoutAnswer = code === INTERNAL && details.startsWith('Received RST_STREAM')
  if (RETRYABLE.has(code) || isWithoutAnswer || (code === RESOURCE_EXHAUSTED && waitMs !== undefined)) {
    return { outcome: 'unavailable', error, retryAfterMs: waitMs }
  }
  return { outcome: 'refused', error }
}
