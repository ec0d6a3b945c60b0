import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { defineMetrics } from '@quipu/catalog'
import { createTestClock } from '@quipu/testing'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createStore } from '../create-store.js'
import type { MetricReading } from '../series/reading.js'
import { createProducer } from './producer.js'

const catalog = defineMetrics({
  orders_total: { kind: 'counter', help: 'Orders', unit: '{order}', labels: { channel: 'name' } },
  waiting: { kind: 'upDownCounter', help: 'Waiting', labels: { channel: ['web', 'app'] } },
  level: { kind: 'gauge', help: 'Level', merge: 'last', labels: { channel: ['web', 'app'] } },
  sizes: { kind: 'histogram', help: 'Sizes', buckets: [1, 2], labels: { channel: ['web', 'app'] } },
  spread: { kind: 'histogram', aggregation: 'exponential', help: 'Spread', labels: { channel: ['web', 'app'] } },
  lengths: { kind: 'summary', help: 'Lengths', labels: { channel: ['web', 'app'] } },
})
const web = { channel: 'web' } as const
const app = { channel: 'app' } as const

const providers: MeterProvider[] = []
afterEach(async () => {
  for (const provider of providers.splice(0)) await provider.shutdown()
})

function setUp() {
  const clock = createTestClock()
  const store = createStore({ catalog, clock })
  /** A real reader with its own producer: `read` collects and returns what was exported. */
  const connect = (temporality: 'cumulative' | 'delta') => {
    const exporter = new InMemoryMetricExporter(
      temporality === 'delta' ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
    )
    const reader = new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: 3_600_000,
      metricProducers: [store.producer({ temporality })],
    })
    providers.push(new MeterProvider({ readers: [reader] }))
    const read = async () => {
      exporter.reset()
      await reader.forceFlush()
      const metrics = exporter.getMetrics().flatMap((one) => one.scopeMetrics.flatMap((scope) => scope.metrics))
      return (name: string) => metrics.find((metric) => metric.descriptor.name === name)
    }
    return read
  }
  return { clock, store, connect, ...store.metrics }
}

const values = (metric: MetricData | undefined) =>
  metric?.dataPoints.map(({ attributes, value }) => [attributes.channel, value])
const unixMs = ([seconds, nanos]: [number, number]) => seconds * 1000 + nanos / 1e6

describe('a producer under a PeriodicExportingMetricReader', () => {
  it('returns every kind of metric in OpenTelemetry’s form', async () => {
    const { connect, orders_total, waiting, level, sizes, spread, lengths } = setUp()
    const read = connect('cumulative')
    orders_total.add(2, web)
    waiting.add(-3, web)
    level.set(7, web)
    sizes.record(1, web)
    sizes.record(9, web)
    spread.record(4, web)
    lengths.record(10, web)
    const metric = await read()
    expect(metric('orders_total')).toMatchObject({
      descriptor: { description: 'Orders', unit: '{order}' },
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
    })
    expect(metric('waiting')).toMatchObject({ dataPointType: DataPointType.SUM, isMonotonic: false })
    expect(metric('level')).toMatchObject({ dataPointType: DataPointType.GAUGE })
    expect(metric('sizes')?.dataPoints[0]?.value).toEqual({
      buckets: { boundaries: [1, 2], counts: [1, 0, 1] },
      sum: 10,
      count: 2,
    })
    expect(metric('spread')).toMatchObject({ dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM })
    expect(metric('spread')?.dataPoints[0]?.value).toMatchObject({ count: 1, sum: 4, scale: 20, zeroCount: 0 })
    expect(metric('lengths')?.dataPoints[0]?.value).toEqual({
      buckets: { boundaries: [], counts: [1] },
      sum: 10,
      count: 1,
    })
    expect([values(metric('waiting')), values(metric('level'))]).toEqual([[['web', -3]], [['web', 7]]])
  })

  it('has a scope for each documented system, and Aki’s names unchanged', async () => {
    const { store } = setUp()
    store.recordMetric('user_logins_total', 1)
    store.recordMetric('model_usage', 1, { model_id: 'gpt-4' })
    store.recordMetric('execution_time', 1, { model_id: 'gpt-4' })
    store.recordMetric('gen_ai.execute_tool.duration', 1, { 'gen_ai.tool.name': 'calculator' })
    store.recordMetric('llm_retries_total', 1, { model: 'gpt-4', endpoint: 'chat', reason: 'rate_limit' })
    const { resourceMetrics } = await store.producer().collect()
    const names = Object.fromEntries(
      resourceMetrics.scopeMetrics.map(({ scope, metrics }) => [scope.name, metrics.map((one) => one.descriptor.name)]),
    )
    expect(Object.keys(names).sort()).toEqual(['quipu', 'quipu.aki', 'quipu.gen_ai', 'quipu.llm', 'quipu.securetrack'])
    expect(names['quipu.aki']).toEqual(['execution_time', 'model_usage'])
  })

  it('returns deltas whose sum equals the cumulative values', async () => {
    const { connect, orders_total, sizes, spread, lengths } = setUp()
    const [readDelta, readDeltaLater, readCumulative] = [connect('delta'), connect('delta'), connect('cumulative')]
    const sums = { orders: 0, sizes: 0, spread: 0, lengths: 0 }
    for (let round = 1; round <= 5; round++) {
      orders_total.add(round, web)
      sizes.record(round, web)
      spread.record(round * 100, web)
      lengths.record(round, web)
      const metric = await readDelta()
      sums.orders += Number(metric('orders_total')?.dataPoints[0]?.value)
      for (const name of ['sizes', 'spread', 'lengths'] as const) {
        const point = metric(name)?.dataPoints[0]?.value
        sums[name] += typeof point === 'object' ? point.count : Number.NaN
      }
    }
    expect(sums).toEqual({ orders: 15, sizes: 5, spread: 5, lengths: 5 })
    const [later, cumulative] = [await readDeltaLater(), await readCumulative()]
    for (const name of ['orders_total', 'sizes', 'lengths'])
      expect(values(later(name))).toEqual(values(cumulative(name)))
    expect(later('spread')?.dataPoints[0]?.value).toEqual(cumulative('spread')?.dataPoints[0]?.value)
  })

  it('has its own delta base, and omits unchanged values', async () => {
    const { connect, orders_total, waiting, level } = setUp()
    const [first, second] = [connect('delta'), connect('delta')]
    orders_total.add(1, web)
    waiting.add(1, web)
    level.set(1, web)
    await first()
    orders_total.add(2, web)
    const [again, whole] = [await first(), await second()]
    expect(values(again('orders_total'))).toEqual([['web', 2]])
    expect(values(whole('orders_total'))).toEqual([['web', 3]])
    const quiet = await first()
    expect(quiet('orders_total')).toBeUndefined()
    // Up-down counters and gauges are totals, even with delta preference.
    expect([values(quiet('waiting')), values(quiet('level'))]).toEqual([[['web', 1]], [['web', 1]]])
    expect(quiet('waiting')).toMatchObject({ aggregationTemporality: AggregationTemporality.CUMULATIVE })
  })

  it('returns a removed and recreated series as a new one', async () => {
    const { clock, connect, orders_total } = setUp()
    const [delta, cumulative] = [connect('delta'), connect('cumulative')]
    orders_total.add(5, web)
    await delta()
    clock.advanceMs(1000)
    orders_total.remove(web)
    expect((await delta())('orders_total')).toBeUndefined()
    expect((await cumulative())('orders_total')).toBeUndefined()
    clock.advanceMs(1000)
    orders_total.add(2, web)
    const [change, whole] = [(await delta())('orders_total'), (await cumulative())('orders_total')]
    expect([values(change), values(whole)]).toEqual([[['web', 2]], [['web', 2]]])
    const start = Date.UTC(2026, 0, 1) + 2000
    expect(whole?.dataPoints.map((point) => unixMs(point.startTime))).toEqual([start])
    expect(change?.dataPoints.map((point) => unixMs(point.startTime))).toEqual([start])
  })

  it('has the start of each series, and starts each delta at the end of the previous one', async () => {
    const { clock, connect, orders_total } = setUp()
    const [delta, cumulative] = [connect('delta'), connect('cumulative')]
    const start = clock.unixMs()
    orders_total.add(1, web)
    clock.advanceMs(1500)
    orders_total.add(1, app)
    clock.advanceMs(500)
    const times = (metric: MetricData | undefined) =>
      metric?.dataPoints.map((point) => [unixMs(point.startTime) - start, unixMs(point.endTime) - start])
    expect(times((await cumulative())('orders_total'))).toEqual([
      [0, 2000],
      [1500, 2000],
    ])
    expect(times((await delta())('orders_total'))).toEqual([
      [0, 2000],
      [1500, 2000],
    ])
    clock.advanceMs(1000)
    orders_total.add(1, app)
    expect(times((await delta())('orders_total'))).toEqual([[2000, 3000]])
    expect(times((await cumulative())('orders_total'))).toEqual([
      [0, 3000],
      [1500, 3000],
    ])
  })

  it('never ends a point before its start, however the wall clock is set', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.constantFrom('advance', 'step', 'add', 'read'), fc.integer({ min: -3_600_000, max: 3_600_000 })),
          { maxLength: 30 },
        ),
        async (steps) => {
          const { clock, store, orders_total } = setUp()
          const producers = [store.producer({ temporality: 'delta' }), store.producer()]
          for (const [step, ms] of [...steps, ['step', -3_600_000], ['add', 1], ['read', 0]] as const) {
            if (step === 'advance') clock.advanceMs(Math.abs(ms))
            else if (step === 'step') clock.stepWallMs(ms)
            else if (step === 'add') orders_total.add(1, ms > 0 ? web : app)
            else {
              for (const producer of producers) {
                const { resourceMetrics } = await producer.collect()
                for (const { metrics } of resourceMetrics.scopeMetrics) {
                  for (const { dataPoints } of metrics) {
                    for (const point of dataPoints)
                      expect(unixMs(point.endTime)).toBeGreaterThanOrEqual(unixMs(point.startTime))
                  }
                }
              }
            }
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a producer', () => {
  it('has one attributes object per series, without attributes for undefined labels', async () => {
    const { store } = setUp()
    const producer = store.producer()
    store.recordMetric('gen_ai.execute_tool.duration', 0.1, { 'gen_ai.tool.name': 'calculator' })
    const point = async () => {
      const { resourceMetrics } = await producer.collect()
      const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
      return metrics.find((one) => one.descriptor.name === 'gen_ai.execute_tool.duration')?.dataPoints[0]
    }
    const first = await point()
    expect(first?.attributes).toEqual({ 'gen_ai.tool.name': 'calculator' })
    expect((await point())?.attributes).toBe(first?.attributes)
  })

  it('leaves out metrics that are for pages only', async () => {
    const { store } = setUp()
    store.recordMetric('aki_active_user', 1, { version_id: '1.2.0' })
    const { resourceMetrics } = await store.producer().collect()
    const names = resourceMetrics.scopeMetrics.flatMap((one) => one.metrics).map((one) => one.descriptor.name)
    expect(names.filter((name) => name.startsWith('aki_'))).toEqual([])
  })

  it('reports a throwing reading in errors, and returns the others', async () => {
    const { store, orders_total } = setUp()
    orders_total.add(1, web)
    const broken = new Error('broken')
    const readings = (): MetricReading[] => [
      new Proxy({} as MetricReading, {
        get: () => {
          throw broken
        },
      }),
      ...store.readings(),
    ]
    const { resourceMetrics, errors } = await createProducer(readings, store.clock).collect()
    expect(errors).toEqual([broken])
    expect(resourceMetrics.scopeMetrics.flatMap((one) => one.metrics).map((one) => one.descriptor.name)).toContain(
      'orders_total',
    )
  })

  it('never rejects', async () => {
    const broken = new Error('broken')
    const fail = () => {
      throw broken
    }
    await expect(createProducer(fail, createStore().clock).collect()).resolves.toMatchObject({ errors: [broken] })
  })
})
