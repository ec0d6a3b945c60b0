import type { Client, ServiceError } from '@grpc/grpc-js'
import type { OtlpEndpoint } from '../endpoint.js'
import { loadGrpc } from '../load-opentelemetry.js'
import { retryInfoMs } from './grpc-status.js'
import type { OtlpTransport } from './http-transport.js'
import { type Attempt, createRetries } from './retries.js'

const methods = {
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
} as const

/** Of the status codes, those that the OTLP specification calls retryable. */
const retryable: ReadonlySet<number> = new Set([
  1, // CANCELLED
  4, // DEADLINE_EXCEEDED
  10, // ABORTED
  11, // OUT_OF_RANGE
  14, // UNAVAILABLE
  15, // DATA_LOSS
])
/** Retryable only when the back end says when. */
const RESOURCE_EXHAUSTED = 8
const GZIP = 2

/** The same as over HTTP, by gRPC: requests are repeated as the OTLP specification asks, and can be given up. */
export function createGrpcTransport(
  endpoint: OtlpEndpoint,
  signal: keyof typeof methods,
  userAgent: string,
  onRetry: () => void,
): OtlpTransport {
  const { Client, Metadata, credentials } = loadGrpc()
  const retries = createRetries(endpoint.timeoutMs, onRetry)
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(endpoint.headers)) metadata.set(name, value)
  const { ca = null, key = null, cert = null } = endpoint.tls
  let client: Client | undefined

  // Made with the first request: an import of the application's that instruments gRPC may come after start().
  const connected = (): Client => {
    client ??= new Client(
      endpoint.url.host,
      endpoint.url.protocol === 'https:' ? credentials.createSsl(ca, key, cert) : credentials.createInsecure(),
      {
        'grpc.primary_user_agent': userAgent,
        // Its own waits between connections would be longer than ours between requests.
        'grpc.max_reconnect_backoff_ms': 5000,
        ...(endpoint.compression === 'gzip' && { 'grpc.default_compression_algorithm': GZIP }),
      },
    )
    return client
  }

  function attempt(body: Uint8Array, timeoutMs: number, aborted: AbortSignal): Promise<Attempt> {
    return new Promise((resolve) => {
      const giveUp = (): void => call.cancel()
      const call = connected().makeUnaryRequest<Uint8Array, Uint8Array>(
        methods[signal],
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

  return {
    async send(body, encoding = 'protobuf') {
      if (encoding === 'protobuf') return retries.run((timeoutMs, aborted) => attempt(body, timeoutMs, aborted))
      return { outcome: 'refused', error: new Error('a batch written as JSON cannot be sent by gRPC') }
    },
    hurry: retries.hurry,
    abort() {
      retries.abort()
      client?.close()
    },
  }
}

function toAttempt({ code, metadata }: ServiceError): Attempt {
  // The code only: an answer's text may repeat what was sent, such as a key.
  const error = new Error(`the back end answered gRPC status ${code}`)
  const [details] = metadata.get('grpc-status-details-bin')
  const waitMs = typeof details === 'object' ? retryInfoMs(details) : undefined
  if (retryable.has(code) || (code === RESOURCE_EXHAUSTED && waitMs !== undefined)) {
    return { outcome: 'unavailable', error, retryAfterMs: waitMs }
  }
  return { outcome: 'refused', error }
}
