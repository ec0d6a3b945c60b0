import { createServer, type Socket } from 'node:net'
import { otelPage } from '@quipu/prometheus'
import { createOtlpGrpcServer } from './otlp/grpc-server.js'
import { createOtlpHttpServer } from './otlp/http-server.js'
import { createReceivedMetrics } from './otlp/received-metrics.js'
import type { StudioSource } from './studio-source.js'

/** Begins every connection of HTTP/2 without TLS (RFC 9113, section 3.4). */
const PREFACE = 'PRI'

/** Receives metrics over OTLP/HTTP and OTLP/gRPC on one loopback port. Rejects if the port is taken. */
export async function createOtlpSource(port: number): Promise<StudioSource> {
  const received = createReceivedMetrics()
  const http = createOtlpHttpServer(received.take)
  const grpc = createOtlpGrpcServer(received.take)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.once('error', () => socket.destroy())
    socket.once('data', (first) => {
      socket.pause()
      socket.unshift(first)
      // A session of HTTP/2 reads what was put back by itself; a server of HTTP/1 waits until the socket flows.
      if (first.subarray(0, PREFACE.length).toString('latin1') === PREFACE) grpc.emit('connection', socket)
      else http.emit('connection', socket.resume())
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  const actual = typeof address === 'object' && address !== null ? address.port : port
  return {
    name: `metrics sent to http://127.0.0.1:${actual} over OTLP, HTTP or gRPC`,
    pages: { '/custom_metrics': otelPage(async () => received.collect()) },
    documents: {},
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
