import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

/** A collector on loopback that reads OTLP in JSON and can fail. */
export interface Collector {
  readonly url: string
  /** While true, every request gets 503. */
  down: boolean
  /** Received value of one metric: the sum of delta points, or the greatest cumulative point. */
  arrived(metric: string): number
  close(): void
}

interface Point {
  readonly asDouble?: number
  readonly asInt?: number | string
}
interface Body {
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics?: readonly {
      readonly metrics?: readonly {
        readonly name: string
        readonly sum?: { readonly aggregationTemporality: number; readonly dataPoints: readonly Point[] }
      }[]
    }[]
  }[]
}

const DELTA = 1

export async function openCollector(): Promise<Collector> {
  const totals = new Map<string, number>()
  const take = (body: Body): void => {
    const metrics = (body.resourceMetrics ?? []).flatMap(({ scopeMetrics = [] }) =>
      scopeMetrics.flatMap((scope) => scope.metrics ?? []),
    )
    for (const { name, sum } of metrics) {
      if (sum === undefined) continue
      const value = sum.dataPoints.reduce((total, { asDouble, asInt }) => total + Number(asDouble ?? asInt ?? 0), 0)
      const before = totals.get(name) ?? 0
      totals.set(name, sum.aggregationTemporality === DELTA ? before + value : Math.max(before, value))
    }
  }
  const collector = { url: '', down: false, arrived: (metric: string) => totals.get(metric) ?? 0, close: () => {} }
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => void pieces.push(piece))
    request.on('end', () => {
      response.statusCode = collector.down ? 503 : 200
      if (!collector.down) {
        const body = Buffer.concat(pieces)
        take(JSON.parse(String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body)) as Body)
      }
      response.setHeader('content-type', 'application/json')
      response.end('{}')
    })
  })
  collector.url = await listen(server)
  collector.close = () => void server.close()
  return collector
}

/** The URL of a closed port, which refuses connections. */
export async function refusingUrl(): Promise<string> {
  const server = createServer()
  const url = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  return url
}

/** The URL of a server that accepts requests and never responds. */
export async function hangingUrl(): Promise<string> {
  const server = createServer(() => {})
  const url = await listen(server)
  server.unref()
  return url
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })
}
