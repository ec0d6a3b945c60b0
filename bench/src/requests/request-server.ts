import { createRequire } from 'node:module'
import { apps } from './request-apps.js'
import type { Framework, Observer } from './request-cases.js'

// The process of the server: sends its port, and on request its CPU time in microseconds or its heap in bytes.
const [framework, observer] = process.argv.slice(2) as [Framework, Observer]

if (observer.startsWith('@opentelemetry/')) await observeByOpenTelemetry()
if (observer === 'Quipu') await observeByQuipu()
const port = await apps[framework](observer)
process.send?.({ port })
process.on('message', (asked: 'cpuUs' | 'heapBytes') => process.send?.(asked === 'cpuUs' ? cpuUs() : heapBytes()))

function cpuUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Collects garbage first, which costs compiled code that depends on it: not between rounds of CPU time. */
function heapBytes(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** The observers of HTTP that `register` starts. */
async function observeByQuipu(): Promise<void> {
  const { observeHttpServers } = await import('@quipu/http/node-http')
  const { observeExpressRoutes, observeFastifyRoutes, observeHono, observeKoa } = await import('@quipu/http/auto')
  observeHttpServers()
  observeExpressRoutes()
  observeFastifyRoutes()
  if (framework === 'Koa 3') observeKoa((await import('koa')).default)
  if (framework === 'Hono 4') observeHono(await import('hono'))
}

async function observeByOpenTelemetry(): Promise<void> {
  const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http')
  const { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } = await import(
    '@opentelemetry/sdk-metrics'
  )
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  new HttpInstrumentation().setMeterProvider(new MeterProvider({ readers: [reader] }))
  const require = createRequire(import.meta.url)
  if (observer.endsWith('-express')) {
    const { ExpressInstrumentation } = await import('@opentelemetry/instrumentation-express')
    new ExpressInstrumentation()
    require('express')
  }
  // Instrumentations patch a module when it is required.
  require('node:http')
}
