import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type AppFolder, createAppFolder } from '../../packages/sdk/fixtures/run-node.js'
import { steppedClock } from '../../packages/sdk/fixtures/stepped-clock.js'
import {
  type Collector,
  describeWithServer,
  type Prometheus,
  type PromqlServer,
  startCollector,
  startPrometheus,
  startVictoriaMetrics,
  type VictoriaMetrics,
  waitUntil,
} from '../servers/index.js'

/** Records the same values before each of 50 exports; with WORKERS, in that number of forked processes, of which one exports. */
const app = `
import { fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { metrics } from '@opentelemetry/api'
import { defineMetrics } from '@quipu/catalog'
import { start } from '@quipu/sdk'
const { OTLP, STEPS, WORKERS, ROLE, TEMPORALITY } = process.env
const catalog = defineMetrics({
  shop_orders_total: { kind: 'counter', help: 'Orders', labels: { channel: ['web', 'app'] } },
  shop_waits: { kind: 'histogram', help: 'Waits', buckets: [1, 2, 5], labels: {} },
  shop_lengths: { kind: 'summary', help: 'Lengths', labels: {} },
  shop_level: { kind: 'gauge', help: 'Level', merge: 'max', labels: {} },
})
const EXPORTS = 50
const steps = new Map(Object.entries(JSON.parse(STEPS)))
const children = ROLE === 'worker' ? [] : Array.from({ length: Number(WORKERS) }, () => fork(new URL(import.meta.url), {
  env: { ...process.env, ROLE: 'worker' },
}))
const ended = Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve))))
const quipu = start({
  catalog,
  serviceName: 'shop',
  standardMetrics: false,
  ...(Number(WORKERS) > 0 && { processes: 'cluster' }),
  resource: { 'service.instance.id': 'one' },
  otlp: { url: OTLP, temporality: TEMPORALITY, intervalMs: 3_600_000, timeoutMs: 10_000 },
  shutdownTimeoutMs: 10_000,
})
const foreign = metrics.getMeter('foreign')
const counter = foreign.createCounter('foreign_calls')
const histogram = foreign.createHistogram('foreign_sizes', { advice: { explicitBucketBoundaries: [1, 2, 5] } })
for (let i = 0; i < EXPORTS; i++) {
  stepClock(steps.get(String(i)) ?? 0)
  quipu.metrics.shop_orders_total.add(3, { channel: 'web' })
  // A series that starts late, and one that pauses.
  if (i >= 20) quipu.metrics.shop_orders_total.add(1, { channel: 'app' })
  if (i % 7 < 3) quipu.metrics.shop_waits.record(i % 6, {})
  quipu.metrics.shop_lengths.record(2, {})
  quipu.metrics.shop_level.set(i, {})
  if (Number(WORKERS) === 0) {
    counter.add(2)
    histogram.record(i % 6)
  }
  const { held, dropped, errors } = await quipu.flush()
  if (held + dropped + errors.length > 0) console.error(held, dropped, errors)
  await sleep(100)
}
await ended
const { held, dropped, errors } = await quipu.shutdown()
if (held + dropped + errors.length > 0) console.error(held, dropped, errors)
`

const MINUTE = 60_000
const EXPORTS = 50
const rounds = Array.from({ length: EXPORTS }, (_, i) => i)
const waits = rounds.filter((i) => i % 7 < 3)
const add = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

/** The values that one process records, by their names in Prometheus. */
const recorded: Readonly<Record<string, number>> = {
  'shop_orders_total web': 3 * EXPORTS,
  'shop_orders_total app': EXPORTS - 20,
  shop_waits_count: waits.length,
  shop_waits_sum: add(waits.map((i) => i % 6)),
  shop_lengths_count: EXPORTS,
  shop_lengths_sum: 2 * EXPORTS,
}
const foreign: Readonly<Record<string, number>> = {
  foreign_calls_total: 2 * EXPORTS,
  foreign_sizes_count: EXPORTS,
  foreign_sizes_sum: add(rounds.map((i) => i % 6)),
}
const times = (factor: number, values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value * factor]))

describeWithServer(['collector', 'prometheus', 'victoriametrics'], 'what receivers count after 50 exports', () => {
  let apps: AppFolder
  let prometheus: Prometheus
  let victoria: VictoriaMetrics
  let collector: Collector

  beforeAll(async () => {
    apps = await createAppFolder()
    apps.write('clock.cjs', steppedClock)
    apps.write('app.mjs', app)
  }, 120_000)
  afterAll(() => apps?.remove())
  beforeEach(async () => {
    prometheus = await startPrometheus({ otlp: true })
    victoria = await startVictoriaMetrics({ flags: ['-opentelemetry.usePrometheusNaming'] })
    collector = await startCollector({
      config: {
        receivers: { otlp: { protocols: { http: {}, grpc: {} } } },
        processors: { cumulativetodelta: {} },
        exporters: {
          // biome-ignore lint/suspicious/noTemplateCurlyInString: the Collector's own placeholder
          file: { path: '${env:COLLECTOR_DIR}/deltas.json', flush_interval: '100ms' },
          'otlp_http/prometheus': { metrics_endpoint: prometheus.otlpUrl, sending_queue: { enabled: false } },
          'otlp_http/victoria': { metrics_endpoint: victoria.otlpUrl, sending_queue: { enabled: false } },
        },
        service: {
          pipelines: {
            'metrics/deltas': { receivers: ['otlp'], processors: ['cumulativetodelta'], exporters: ['file'] },
            'metrics/prometheus': { receivers: ['otlp'], exporters: ['otlp_http/prometheus'] },
            'metrics/victoria': { receivers: ['otlp'], exporters: ['otlp_http/victoria'] },
          },
        },
      },
    })
  }, 60_000)
  afterEach(async () => {
    await collector?.stop()
    await victoria?.stop()
    await prometheus?.stop()
  })

  it.each([
    ['while the wall clock is right', {}, 0],
    ['when the wall clock is set forward', { 15: 5 * MINUTE }, 0],
    ['when the wall clock is set back', { 15: -5 * MINUTE }, 0],
    ['when the wall clock is set forward, and back', { 10: 5 * MINUTE, 30: -5 * MINUTE }, 0],
    ['for a group of processes', {}, 2],
  ])(
    'is what was recorded %s',
    async (_, steps, workers) => {
      const result = await apps.run('app.mjs', {
        args: ['--require', `${apps.path}/clock.cjs`],
        env: {
          OTLP: collector.endpoints.otlpHttp,
          STEPS: JSON.stringify(steps),
          WORKERS: String(workers),
          TEMPORALITY: 'cumulative',
          ...(workers > 0 && { QUIPU_PROCESS_DIR: join(apps.path, 'group') }),
        },
      })
      expect(result).toMatchObject({ code: 0, stderr: '' })
      const expected = { ...times(workers + 1, recorded), ...(workers === 0 && foreign) }

      let deltas: Readonly<Record<string, number>> = {}
      await waitUntil(
        async () => {
          deltas = sumDeltas(readFileSync(join(collector.directory, 'deltas.json'), 'utf8'))
          return deltas.shop_lengths_count === expected.shop_lengths_count || undefined
        },
        5000,
        () => JSON.stringify(deltas),
      ).catch(() => undefined)
      expect(deltas).toEqual(expected)
      for (const server of [prometheus, victoria]) {
        expect(await countedBy(server)).toEqual({ totals: expected, resets: 0 })
        expect((await server.query('max_over_time(shop_level[30m] offset -15m)')).map(({ value }) => value)).toEqual([
          49,
        ])
      }
      expect(
        collector
          .logs()
          .split('\n')
          .filter((line) => /\berror\b/.test(line)),
      ).toEqual([])
    },
    90_000,
  )
})

/** The totals of all series, and the number of decreases of counters. */
async function countedBy(server: PromqlServer) {
  const counters = '{__name__=~"(shop|foreign)_.*_(total|count|sum)"}'
  // Around now, because the application's clock is changed.
  const series = await server.query(`${counters}[30m] offset -15m`)
  const totals = series.map(({ labels, values }) => [
    [labels.__name__, labels.channel].filter(Boolean).join(' '),
    values.at(-1)?.[1],
  ])
  const falls = series.flatMap(({ values }) => values.filter(([, value], i) => value < (values[i - 1]?.[1] ?? 0)))
  return { totals: Object.fromEntries(totals), resets: falls.length }
}

interface DeltaPoint {
  readonly attributes?: readonly { readonly value: { readonly stringValue?: string } }[]
  readonly asDouble?: number
  readonly count?: string
  readonly sum?: number
}
interface DeltaMetric {
  readonly name: string
  readonly sum?: { readonly aggregationTemporality: number; readonly dataPoints: readonly DeltaPoint[] }
  readonly histogram?: { readonly aggregationTemporality: number; readonly dataPoints: readonly DeltaPoint[] }
}
interface DeltaFile {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly DeltaMetric[] }[]
  }[]
}

/** The sums of the Collector's output file. */
function sumDeltas(file: string): Readonly<Record<string, number>> {
  const totals: Record<string, number> = {}
  const count = (name: string, value: number): void => {
    totals[name] = (totals[name] ?? 0) + value
  }
  for (const line of file.split('\n').filter((each) => each !== '')) {
    const { resourceMetrics }: DeltaFile = JSON.parse(line)
    for (const metric of resourceMetrics.flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) => metrics),
    )) {
      if (!/^(?:shop|foreign)_/.test(metric.name)) continue
      const name = metric.name.replace(/(?<!_total)$/, metric.sum === undefined ? '' : '_total')
      for (const { attributes = [], asDouble = 0 } of metric.sum?.dataPoints ?? []) {
        count([name, ...attributes.map(({ value }) => value.stringValue)].join(' '), asDouble)
      }
      for (const point of metric.histogram?.dataPoints ?? []) {
        count(`${name}_count`, Number(point.count ?? 0))
        count(`${name}_sum`, point.sum ?? 0)
      }
    }
  }
  return totals
}
