import { createServer, type RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import type { Framework, Observer } from './request-cases.js'

// The process that serves: tells its port, and its CPU time in microseconds whenever it is asked.
const [framework, observer] = process.argv.slice(2) as [Framework, Observer]

if (observer === '@opentelemetry/instrumentation-http') await observeByOpenTelemetry()
if (observer === 'Quipu') await observeByQuipu()
const port = await serve()
process.send?.({ port })
process.on('message', () => {
  globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuUs: user + system })
})

/** What `register` does for HTTP. */
async function observeByQuipu(): Promise<void> {
  const { observeHttpServers } = await import('@quipu/http/node-http')
  const { observeExpressRoutes, observeFastifyRoutes } = await import('@quipu/http/auto')
  observeHttpServers()
  observeExpressRoutes()
  observeFastifyRoutes()
}

async function observeByOpenTelemetry(): Promise<void> {
  const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http')
  const { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } = await import(
    '@opentelemetry/sdk-metrics'
  )
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  new HttpInstrumentation().setMeterProvider(new MeterProvider({ readers: [reader] }))
  // It patches the module when it is required.
  createRequire(import.meta.url)('node:http')
}

async function serve(): Promise<number> {
  if (framework === 'node:http') return listen((_request, response) => void response.end('ok'))
  if (framework === 'Express 5') {
    const { default: express } = await import('express')
    const app = express()
    if (observer === 'express-prom-bundle') {
      const { default: bundle } = await import('express-prom-bundle')
      app.use(bundle({ includeMethod: true, includePath: true }) as never)
    }
    const users = express.Router()
    users.get('/:id', (_request, response) => void response.end('ok'))
    app.use('/users', users)
    return listen(app)
  }
  const { default: createFastify } = await import('fastify')
  const app = createFastify()
  if (observer === 'fastify-metrics') {
    const { default: metrics } = await import('fastify-metrics')
    await app.register(metrics as never)
  }
  app.get('/users/:id', (_request, reply) => void reply.send('ok'))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as { port: number }).port
}

function listen(listener: RequestListener): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer(listener)
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
}
