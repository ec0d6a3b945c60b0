import { createRequire } from 'node:module'
import type { Framework, Observer } from './request-cases.js'

/** Returns the number of requests to this port that an observer has counted. */
type Counted = (port: number) => Promise<number>

/** Starts an observer before the server is created. Middleware and plugins are added by the applications themselves. */
export async function startObserver(observer: Observer, framework: Framework): Promise<Counted> {
  if (observer === 'bare') return async () => Number.NaN
  if (observer === 'Quipu') return startQuipu(framework)
  return observer.startsWith('@opentelemetry/') ? startOpenTelemetry(observer) : countedByPromClient
}

/** The observers of HTTP that `register` starts. */
async function startQuipu(framework: Framework): Promise<Counted> {
  const { defaultRecorder } = await import('@quipu/core')
  const { observeHttpServers } = await import('@quipu/http/node-http')
  const { observeExpressRoutes, observeFastifyRoutes, observeHono, observeKoa } = await import('@quipu/http/auto')
  observeHttpServers()
  observeExpressRoutes()
  observeFastifyRoutes()
  if (framework === 'Koa 3') observeKoa((await import('koa')).default)
  if (framework === 'Hono 4') observeHono(await import('hono'))
  return async () => {
    const requests = defaultRecorder()
      .readings()
      .find(({ name }) => name === 'app_requests_total')
    return sum(requests?.cells().map(({ data, at }) => data[at] ?? 0) ?? [])
  }
}

async function startOpenTelemetry(observer: Observer): Promise<Counted> {
  const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http')
  const {
    AggregationTemporality,
    DataPointType,
    InMemoryMetricExporter,
    MeterProvider,
    PeriodicExportingMetricReader,
  } = await import('@opentelemetry/sdk-metrics')
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
  return async () => {
    await reader.forceFlush()
    const metrics =
      exporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []
    return sum(
      metrics.flatMap((metric) =>
        metric.dataPointType === DataPointType.HISTOGRAM && metric.descriptor.name.startsWith('http.server')
          ? metric.dataPoints.map(({ value }) => value.count)
          : [],
      ),
    )
  }
}

/** Both libraries above prom-client serve this page and use this name. */
async function countedByPromClient(port: number): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return sum(
    [...page.matchAll(/^http_request_duration_seconds_count\{.*\} (\d+)$/gm)].map(([, count]) => Number(count)),
  )
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
