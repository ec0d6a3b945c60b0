import { type MeterProvider as ApiMeterProvider, metrics } from '@opentelemetry/api'
import { DataPointType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { defineMetrics } from '@quipu/catalog'
import { createTestClock } from '@quipu/testing'
import { describe, expect, it } from 'vitest'
import { seriesOf } from '../../fixtures/all-series.js'
import { createStore } from '../create-store.js'

class Reader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

const catalog = defineMetrics({
  orders_total: { kind: 'counter', help: 'Orders', unit: '{order}', labels: { channel: 'name' } },
  waiting: { kind: 'upDownCounter', help: 'Waiting', labels: { channel: ['web', 'app'] } },
  level: { kind: 'gauge', help: 'Level', merge: 'last', labels: { channel: ['web', 'app'] } },
  sizes: { kind: 'histogram', help: 'Sizes', buckets: [1, 2], labels: { channel: ['web', 'app'] } },
  spread: { kind: 'histogram', aggregation: 'exponential', help: 'Spread', labels: { channel: ['web', 'app'] } },
})
const web = { channel: 'web' } as const
const app = { channel: 'app' } as const

function setUp() {
  const clock = createTestClock()
  const store = createStore({ catalog, clock })
  const reader = new Reader()
  const provider = new MeterProvider({ readers: [reader] })
  const read = async (name: string) => {
    const { resourceMetrics } = await reader.collect()
    return resourceMetrics.scopeMetrics.flatMap((one) => one.metrics).find((one) => one.descriptor.name === name)
  }
  const values = async (name: string) =>
    (await read(name))?.dataPoints.map(({ attributes, value }) => [attributes, value])
  return { store, provider, read, values, ...store.metrics }
}

describe('attached to a MeterProvider of the host', () => {
  it('its readers get the values of the store, including earlier ones', async () => {
    const { store, provider, values, read, orders_total, waiting, level } = setUp()
    orders_total.add(2, web)
    store.attach(provider)
    orders_total.add(3, web)
    orders_total.add(1, app)
    waiting.add(-4, web)
    level.set(9, web)
    expect(await values('orders_total')).toEqual([
      [web, 5],
      [app, 1],
    ])
    expect(await values('waiting')).toEqual([[web, -4]])
    expect(await values('level')).toEqual([[web, 9]])
    expect(await read('orders_total')).toMatchObject({
      descriptor: { description: 'Orders', unit: '{order}' },
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
    })
  })

  it('histogram values are passed on from then on, with their own buckets', async () => {
    const { store, provider, values, sizes, spread } = setUp()
    sizes.record(1, web)
    store.attach(provider)
    sizes.record(2, web)
    sizes.with(web).record(5)
    spread.record(3, web)
    expect(await values('sizes')).toEqual([
      [web, expect.objectContaining({ sum: 7, count: 2, buckets: { boundaries: [1, 2], counts: [0, 1, 1] } })],
    ])
    // The provider’s default buckets, because exponential ones cannot be advised.
    expect((await values('spread'))?.[0]?.[1]).toMatchObject({
      sum: 3,
      count: 1,
      buckets: { counts: expect.arrayContaining([1]) },
    })
  })

  it('a detached store is no longer exported', async () => {
    const { store, provider, values, orders_total, sizes } = setUp()
    const detach = store.attach(provider)
    orders_total.add(1, web)
    sizes.record(1, web)
    await values('orders_total')
    detach()
    detach()
    orders_total.add(5, web)
    sizes.record(1, web)
    expect(await values('orders_total')).toEqual([[web, 1]])
    expect((await values('sizes'))?.[0]?.[1]).toMatchObject({ count: 1 })
  })

  it('a disabled vocabulary is no longer observed', async () => {
    const { store, provider } = setUp()
    store.attach(provider)
    store.configure({ vocabularies: ['securetrack'] })
    store.recordMetric('model_usage', 1, { model_id: 'gpt-4' })
    const reader = new Reader()
    const later = new MeterProvider({ readers: [reader] })
    store.attach(later)
    const { resourceMetrics } = await reader.collect()
    expect(resourceMetrics.scopeMetrics.map((one) => one.scope.name)).not.toContain('quipu.aki')
  })

  it('later entries and vocabularies are exported once, until the store is detached', async () => {
    const { store, provider, values } = setUp()
    store.configure({ vocabularies: ['securetrack'] })
    const detach = store.attach(provider)
    const later = defineMetrics({
      refunds_total: { kind: 'counter', help: 'Refunds', labels: { channel: 'name' } },
      delays: { kind: 'histogram', help: 'Delays', buckets: [1, 2], labels: { channel: ['web', 'app'] } },
    })
    const { metrics } = store.extend(later)
    store.extend(later)
    store.configure({ vocabularies: ['securetrack', 'aki'] })
    metrics.refunds_total.add(2, web)
    metrics.delays.record(1.5, web)
    metrics.orders_total.add(1, web)
    metrics.model_usage.add(1, { model_id: 'gpt-4' })
    expect(await values('refunds_total')).toEqual([[web, 2]])
    expect(await values('delays')).toEqual([[web, expect.objectContaining({ sum: 1.5, count: 1 })]])
    expect(await values('orders_total')).toEqual([[web, 1]])
    expect(await values('model_usage')).toEqual([[{ model_id: 'gpt-4' }, 1]])
    detach()
    metrics.refunds_total.add(5, web)
    metrics.delays.record(1.5, web)
    expect(await values('refunds_total')).toEqual([[web, 2]])
    expect((await values('delays'))?.[0]?.[1]).toMatchObject({ count: 1 })
    store.extend(defineMetrics({ returns_total: { kind: 'counter', help: 'Returns' } })).metrics.returns_total.add(1)
    expect(await values('returns_total')).toBeUndefined()
  })

  it('a throwing instrument of the host does not affect the application', () => {
    const { store, sizes } = setUp()
    const throwing = {
      record: () => {
        throw new Error('host')
      },
    }
    const none = metrics.getMeterProvider()
    const provider: ApiMeterProvider = {
      getMeter: (name) => Object.assign(Object.create(none.getMeter(name)), { createHistogram: () => throwing }),
    }
    store.attach(provider)
    sizes.record(1, web)
    expect(seriesOf(store, 'sizes')).toEqual({ '{channel="web"}': { count: 1, sum: 1 } })
    expect(seriesOf(store, 'quipu_guard_catches_total')['{site="attach"}']).toBe(1)
  })

  it('two providers get the same values', async () => {
    const { store, provider, values, sizes } = setUp()
    const reader = new Reader()
    store.attach(new MeterProvider({ readers: [reader] }))
    const detach = store.attach(provider)
    sizes.record(1, web)
    detach()
    sizes.record(1, web)
    expect((await values('sizes'))?.[0]?.[1]).toMatchObject({ count: 1 })
    const { resourceMetrics } = await reader.collect()
    const metric = resourceMetrics.scopeMetrics
      .flatMap((one) => one.metrics)
      .find((one) => one.descriptor.name === 'sizes')
    expect(metric?.dataPoints[0]?.value).toMatchObject({ count: 2 })
  })
})

it('a removed series that the provider still exports is counted, and reported once', () => {
  const { store, provider, orders_total, level } = setUp()
  const detach = store.attach(provider)
  orders_total.add(1, web)
  level.set(1, web)
  orders_total.remove(web)
  level.remove(web)
  const kept = {
    '{metric="orders_total",reason="kept_by_provider"}': 1,
    '{metric="level",reason="kept_by_provider"}': 1,
  }
  expect(seriesOf(store, 'quipu_dropped_total')).toEqual(kept)
  detach()
  orders_total.remove(web)
  expect(seriesOf(store, 'quipu_dropped_total')).toEqual(kept)
})
