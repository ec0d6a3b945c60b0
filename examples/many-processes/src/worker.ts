import cluster from 'node:cluster'
import { createServer } from 'node:http'
import { observeRequest, start } from '@quipu/sdk'

/** One worker: responds to requests and counts them; on SIGTERM it finishes open requests. */
export function runWorker(): void {
  const quipu = start({ processes: 'cluster', standardMetrics: false })
  const server = createServer((request, response) => {
    const began = performance.now()
    if (request.url === '/custom_metrics') return quipu.handler(request, response)
    observeRequest({ endpoint: '/work', method: 'GET', statusCode: 200, durationMs: performance.now() - began })
    response.end('done')
  })
  server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.('ready'))
  process.once('SIGTERM', () => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeIdleConnections()
    // Connections in transit return to the primary, which hands them to another worker.
    const left = new Promise((resolve) => process.once('disconnect', () => resolve(undefined)))
    cluster.worker?.disconnect()
    void Promise.all([closed, left])
      .then(() => quipu.shutdown())
      .finally(() => process.exit(0))
  })
}
