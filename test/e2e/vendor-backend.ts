import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { decodeMetrics, encodePartialSuccess } from './otlp-protobuf.js'
import { type VendorName, type VendorRules, vendorRules } from './vendor-rules.js'

/** The parts of a data point that vendors' rules check. */
export interface VendorPoint {
  readonly name: string
  readonly kind: 'sum' | 'gauge' | 'histogram' | 'exponentialHistogram'
  readonly isDelta: boolean
  readonly isMonotonic: boolean
  readonly attributes: Readonly<Record<string, unknown>>
  /** Its value: a number, or a histogram's count, sum and buckets. */
  readonly value: unknown
}

/** A request received by a vendor. */
export interface VendorRequest {
  readonly status: number
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** Size as sent. */
  readonly sent: Uint8Array
  /** Bytes after decompression. */
  readonly size: number
  readonly resource: Readonly<Record<string, unknown>>
  readonly points: readonly VendorPoint[]
  /** For an accepted request: the vendor's message about rejected points. */
  readonly rejected: readonly string[]
}

/** A vendor's intake on loopback, which applies the vendor's documented rules. */
export interface VendorBackend {
  readonly origin: string
  readonly requests: readonly VendorRequest[]
  close(): Promise<void>
}

/** Starts the intake of a vendor. */
export async function startVendorBackend(vendor: VendorName): Promise<VendorBackend> {
  const rules: VendorRules = vendorRules[vendor]
  const requests: VendorRequest[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const judged = judge(rules, request, Buffer.concat(pieces))
      requests.push(judged)
      if (judged.status !== 200 || judged.rejected.length === 0) return response.writeHead(judged.status).end()
      const message = judged.rejected[0] ?? ''
      response.writeHead(200, { 'content-type': request.headers['content-type'] })
      if (!isJson(request)) return response.end(encodePartialSuccess(judged.rejected.length, message))
      const partialSuccess = { rejectedDataPoints: String(judged.rejected.length), errorMessage: message }
      return response.end(JSON.stringify({ partialSuccess }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const isJson = (request: IncomingMessage): boolean => request.headers['content-type'] === 'application/json'

/** Checks in the order of a server: path, credential, size, encoding, content. */
function judge(rules: VendorRules, request: IncomingMessage, sent: Buffer): VendorRequest {
  const { headers } = request
  const path = request.url ?? ''
  const body = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
  const ended = (status: number): VendorRequest => ({
    ...{ status, path, headers, sent, size: body.length },
    ...{ resource: {}, points: [], rejected: [] },
  })
  if (request.method !== 'POST' || path !== rules.path) return ended(404)
  for (const [name, { value, status }] of Object.entries(rules.headers ?? {})) {
    if (headers[name] !== value) return ended(status)
  }
  const { sentBytes = Number.POSITIVE_INFINITY, bytes = Number.POSITIVE_INFINITY } = rules
  if (sent.length > sentBytes || body.length > bytes) return ended(413)
  if (isJson(request) && rules.json !== undefined) return ended(rules.json)
  if (!isJson(request) && headers['content-type'] !== 'application/x-protobuf') return ended(415)
  const { resource, points } = decode(isJson(request) ? JSON.parse(body.toString('utf8')) : decodeMetrics(body))
  if (points.length > (rules.points ?? Number.POSITIVE_INFINITY)) return ended(413)
  const rejected = points.flatMap((point) => rules.refuses?.(point) ?? [])
  if (rejected.length > 0 && rules.rejection !== undefined) return ended(rules.rejection)
  if (rules.resource?.some((name) => resource[name] === undefined)) return ended(400)
  return { ...ended(200), resource, points, rejected }
}

interface RawAttribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}
interface RawPoint {
  readonly attributes?: readonly RawAttribute[]
  readonly [field: string]: unknown
}
interface RawData {
  readonly dataPoints: readonly RawPoint[]
  readonly aggregationTemporality?: number
  readonly isMonotonic?: boolean
}
type RawMetric = { readonly name: string } & { readonly [K in VendorPoint['kind']]?: RawData }
interface RawMessage {
  readonly resourceMetrics?: readonly {
    readonly resource?: { readonly attributes?: readonly RawAttribute[] }
    readonly scopeMetrics?: readonly { readonly metrics?: readonly RawMetric[] }[]
  }[]
}

const kinds = ['sum', 'gauge', 'histogram', 'exponentialHistogram'] as const
const times = new Set(['attributes', 'startTimeUnixNano', 'timeUnixNano'])

function decode({ resourceMetrics = [] }: RawMessage): Pick<VendorRequest, 'resource' | 'points'> {
  const metrics = resourceMetrics
    .flatMap(({ scopeMetrics = [] }) => scopeMetrics)
    .flatMap((scope) => scope.metrics ?? [])
  const points = metrics.flatMap((metric) =>
    kinds.flatMap((kind) =>
      (metric[kind]?.dataPoints ?? []).map((point) => ({
        name: metric.name,
        kind,
        isDelta: metric[kind]?.aggregationTemporality === 1,
        isMonotonic: metric[kind]?.isMonotonic === true,
        attributes: toAttributes(point.attributes),
        value: Object.fromEntries(Object.entries(point).filter(([field]) => !times.has(field))),
      })),
    ),
  )
  return { resource: toAttributes(resourceMetrics[0]?.resource?.attributes), points }
}

function toAttributes(list: readonly RawAttribute[] = []): Readonly<Record<string, unknown>> {
  return Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]))
}
