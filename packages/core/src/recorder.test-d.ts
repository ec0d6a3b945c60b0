import { metrics as metricsApi } from '@opentelemetry/api'
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics'
import { defineEvents, defineMetrics, type MetricSpec, type MetricSpecs, mergeCatalogs } from '@quipu/catalog'
import { expectTypeOf } from 'vitest'
import {
  type Counter,
  type CounterHandle,
  createRecorder,
  defaultRecorder,
  FeatureMetrics,
  type Gauge,
  type Instrument,
  type Instruments,
  type Recorder,
  trackFeature,
  trackFeatureAsync,
  trackLlmCall,
  UsageMetrics,
  UserActionTimer,
  withAttribution,
  withFeature,
  withLlmCall,
  withUser,
} from './index.js'

// usage.md §9
const shop = defineMetrics({
  shop_orders_total: { kind: 'counter', help: 'Orders placed', labels: { channel: ['web', 'app'], country: 'name' } },
  shop_basket_items: { kind: 'histogram', help: 'Items', buckets: [1, 2, 5, 10], labels: { channel: ['web', 'app'] } },
  shop_waiting: { kind: 'upDownCounter', help: 'Waiting' },
  shop_sizes: { kind: 'summary', help: 'Sizes' },
  shop_replies_total: {
    kind: 'counter',
    help: 'Replies',
    labels: {
      code: 'status',
      range: { template: '{number}xx' },
      tenant: { class: 'name', optional: true },
      tier: { values: ['free', 'paid'], optional: true },
    },
  },
  shop_optional_total: { kind: 'counter', help: 'All optional', labels: { tenant: { class: 'name', optional: true } } },
})
const recorder = createRecorder({ catalog: shop })
const { metrics } = recorder

metrics.shop_orders_total.add(1, { channel: 'web', country: 'PE' })
metrics.shop_orders_total.with({ channel: 'app', country: 'PE' }).add()
metrics.shop_orders_total.remove({ country: 'PE' })
metrics.shop_orders_total.remove()
metrics.shop_basket_items.record(3, { channel: 'web' })
metrics.shop_waiting.add(-1)
metrics.shop_sizes.record(1)
metrics.shop_optional_total.add(1)
metrics.shop_optional_total.add(1, { tenant: 'acme' })
metrics.shop_replies_total.add(1, { code: 200, range: '2xx' })
metrics.shop_replies_total.add(1, { code: '200', range: '2xx', tenant: undefined, tier: 'paid' })
metrics.app_active_sessions.set(3)
metrics.llm_tokens_total.add(1, { model: 'gpt-4', type: 'input' })
metrics.llm_completion_size_bytes.record(1, { model: 'gpt-4' })

// @ts-expect-error 'fax' is not a channel
metrics.shop_orders_total.add(1, { channel: 'fax', country: 'PE' })
// @ts-expect-error a label is missing
metrics.shop_orders_total.add(1, { channel: 'web' })
// @ts-expect-error all labels are missing
metrics.shop_orders_total.add(1)
// @ts-expect-error `city` is not a label
metrics.shop_orders_total.add(1, { channel: 'web', country: 'PE', city: 'Lima' })
// @ts-expect-error a label value is not an object
metrics.shop_orders_total.add(1, { channel: 'web', country: {} })
// @ts-expect-error a counter needs a value
metrics.shop_orders_total.add()
// @ts-expect-error a value is a number
metrics.shop_waiting.add('1')
// @ts-expect-error a value is not a BigInt
metrics.shop_waiting.add(1n)
// @ts-expect-error a counter is not set
metrics.shop_orders_total.set(1, { channel: 'web', country: 'PE' })
// @ts-expect-error a counter does not record
metrics.shop_orders_total.record(1, { channel: 'web', country: 'PE' })
// @ts-expect-error a histogram does not add
metrics.shop_basket_items.add(1, { channel: 'web' })
// @ts-expect-error a gauge does not add
metrics.app_active_sessions.add(1)
// @ts-expect-error a gauge without labels accepts none
metrics.app_active_sessions.set(1, { model: 'x' })
// @ts-expect-error 'total ' is not a type of tokens
metrics.llm_tokens_total.add(1, { model: 'gpt-4', type: 'total ' })
// @ts-expect-error '4xy' does not match the template
metrics.shop_replies_total.add(1, { code: 200, range: '4xy' })
// @ts-expect-error 'gold' is not a tier
metrics.shop_replies_total.add(1, { code: 200, range: '2xx', tier: 'gold' })
// @ts-expect-error unknown metric
metrics.shop_returns_total
// @ts-expect-error a handle has its labels
metrics.shop_orders_total.with({ channel: 'web', country: 'PE' }).add(1, { channel: 'web' })
// @ts-expect-error a handle needs its labels
metrics.shop_orders_total.with()
// @ts-expect-error 'fax' is not a channel to be removed
metrics.shop_orders_total.remove({ channel: 'fax' })

expectTypeOf(metrics.shop_orders_total).toExtend<Counter<{ channel: 'web' | 'app'; country: string }>>()
expectTypeOf(metrics.app_active_sessions).toExtend<Gauge<object>>()
expectTypeOf(metrics.shop_orders_total.with({ channel: 'web', country: 'PE' })).toEqualTypeOf<CounterHandle>()

// Code over any metrics
type AnyInstrument = Instrument<MetricSpec>
const each: readonly AnyInstrument[] = [
  metrics.shop_orders_total,
  metrics.shop_waiting,
  metrics.app_active_sessions,
  metrics.shop_basket_items,
  metrics.shop_sizes,
]
for (const instrument of each) {
  instrument.remove()
  instrument.remove({ channel: 'web' })
  instrument.with({ channel: 'web' })
  if ('add' in instrument) instrument.add(1, { channel: 'web' })
  else if ('set' in instrument) instrument.set(1)
  else instrument.record(1, { channel: 'web', code: 200, maybe: undefined })
  // @ts-expect-error the kind must be checked first
  instrument.add(1)
  // @ts-expect-error a label value is not an object
  instrument.remove({ channel: {} })
}
function total<M extends MetricSpecs>(all: Instruments<M>): number {
  return Object.values<AnyInstrument>(all).reduce((sum, instrument) => sum + instrument.remove(), 0)
}
total(metrics)
declare const ofAnything: Recorder<MetricSpecs>
expectTypeOf(ofAnything.metrics.known_at_run_time).toEqualTypeOf<AnyInstrument | undefined>()
expectTypeOf<Instrument<{ kind: 'counter'; help: 'x' }>>().toEqualTypeOf<Counter<Record<never, never>>>()

// Events
const order = defineEvents({ order_placed: { help: 'An order', fields: { channel: ['web', 'app'], items: 'count' } } })
const withEvents = createRecorder({ catalog: mergeCatalogs(shop, order) })
withEvents.metrics.shop_waiting.add(1)
withEvents.logMetric('order_placed', 'user@example.com', { channel: 'web', items: 3 })
withEvents.logMetric('llm_call', null, { model: 'gpt-4', message_count: 5n })
withEvents.logMetric('an_event_known_at_run_time', undefined, { anything: 1 })
// @ts-expect-error 'fax' is not a channel
withEvents.logMetric('order_placed', null, { channel: 'fax' })
// @ts-expect-error `prompt` is not a field of llm_call
withEvents.logMetric('llm_call', null, { prompt: 'Hi' })

// A recorder with more entries is accepted as a recorder.
const extended = createRecorder().extend(shop)
extended.metrics.shop_waiting.add(1)
expectTypeOf(recorder).toExtend<Recorder>()
expectTypeOf(extended).toExtend<Recorder>()
expectTypeOf(defaultRecorder()).toEqualTypeOf<Recorder>()
new FeatureMetrics('search', { recorder })
new UserActionTimer('upload', { recorder: extended })
new UsageMetrics({ recorder: withEvents })

// usage.md §11, without a cast
declare const exporter: PushMetricExporter
new MeterProvider({
  readers: [
    new PeriodicExportingMetricReader({ exporter, metricProducers: [recorder.producer({ temporality: 'delta' })] }),
  ],
})
expectTypeOf(recorder.attach(metricsApi.getMeterProvider())).toEqualTypeOf<() => void>()
recorder.attach(new MeterProvider())
// @ts-expect-error neither delta nor cumulative
recorder.producer({ temporality: 'both' })

// Helpers return the type of the function's result.
expectTypeOf(withFeature('search', () => 7)).toEqualTypeOf<number>()
expectTypeOf(withFeature('search', async () => 'x')).toEqualTypeOf<Promise<string>>()
expectTypeOf(
  withFeature('search', function* () {
    yield 1
  }),
).toEqualTypeOf<Generator<1 | number, void, unknown>>()
expectTypeOf(withUser('user@example.com', () => 7)).toEqualTypeOf<number>()
expectTypeOf(withAttribution({ feature: 'chat' }, async () => 7)).toEqualTypeOf<Promise<number>>()
expectTypeOf(
  withLlmCall({ model: 'gpt-4' }, async (call) => {
    call.usage({ prompt_tokens: 1, completion_tokens: 2 })
    return { content: 'Hi' }
  }),
).toEqualTypeOf<Promise<{ content: string }>>()
expectTypeOf(trackFeature('search', (query: string, limit?: number) => query.repeat(limit ?? 1))).toEqualTypeOf<
  (query: string, limit?: number) => string
>()
const generic = trackFeature('identity', <T>(value: T): T => value)
expectTypeOf(generic(7 as const)).toEqualTypeOf<7>()
function twice(n: number): number
function twice(text: string): string
function twice(value: number | string): number | string {
  return typeof value === 'number' ? value * 2 : value.repeat(2)
}
const overloaded = trackFeature('twice', twice)
expectTypeOf(overloaded).toEqualTypeOf<typeof twice>()

class Analyzer {
  private readonly factor = 2
  @trackFeatureAsync('async') async analyze(n: number): Promise<number> {
    return this.factor * n
  }
  @trackFeature('export') *rows(): Generator<number> {
    yield this.factor
  }
  @trackFeature('static') static count(): number {
    return 1
  }
  @trackLlmCall('generate_response') async generate({ prompt }: { prompt: string }): Promise<string> {
    return prompt
  }
}
expectTypeOf(new Analyzer().analyze).toEqualTypeOf<(n: number) => Promise<number>>()
expectTypeOf(new Analyzer().rows()).toEqualTypeOf<Generator<number>>()

class Wrong {
  // @ts-expect-error a field is not a method
  @trackFeature('field') value = 5
}
void Wrong

// A function in the call keeps its type, with and without `this`.
const analyze = trackFeature('f', async function analyze(diagram: string) {
  return diagram.length
})
expectTypeOf(analyze).toEqualTypeOf<(diagram: string) => Promise<number>>()
void analyze('diagram')
const bound = trackFeatureAsync('f', async function (this: { readonly name: string }, diagram: string) {
  return this.name + diagram
})
void bound.call({ name: 'n' }, 'diagram')
// @ts-expect-error it needs an object
void bound('diagram')
