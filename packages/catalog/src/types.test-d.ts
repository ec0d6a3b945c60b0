import { expectTypeOf } from 'vitest'
import {
  type BuiltinEvents,
  type BuiltinMetrics,
  type Catalog,
  DimensionNames,
  defineEvents,
  defineMetrics,
  type FieldsOf,
  type LabelsOf,
  MetricNames,
  type MetricSpec,
  mergeCatalogs,
} from './index.js'

// usage.md §9
const shop = defineMetrics({
  shop_orders_total: { kind: 'counter', help: 'Orders placed', labels: { channel: ['web', 'app'], country: 'name' } },
  shop_basket_items: {
    kind: 'histogram',
    help: 'Items in a basket',
    unit: '{item}',
    buckets: [1, 2, 5, 10],
    labels: { channel: ['web', 'app'] },
  },
  shop_queue_length: { kind: 'gauge', help: 'Waiting orders', merge: 'sum' },
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
})
type Shop = typeof shop.metrics
type Labels<K extends keyof Shop> = LabelsOf<Shop[K]>
declare function take<T>(value: T): void

// A catalogue has the names of its entries.
expectTypeOf<keyof Shop>().toEqualTypeOf<
  'shop_orders_total' | 'shop_basket_items' | 'shop_queue_length' | 'shop_replies_total'
>()
expectTypeOf(shop).toExtend<Catalog>()
expectTypeOf<Shop['shop_orders_total']['kind']>().toEqualTypeOf<'counter'>()
expectTypeOf<Shop['shop_queue_length']['kind']>().toEqualTypeOf<'gauge'>()

// A closed set is a union, a class a string, a template a pattern.
expectTypeOf<Labels<'shop_orders_total'>['channel']>().toEqualTypeOf<'web' | 'app'>()
expectTypeOf<Labels<'shop_orders_total'>['country']>().toEqualTypeOf<string>()
expectTypeOf<Labels<'shop_replies_total'>['code']>().toEqualTypeOf<string | number>()
expectTypeOf<Labels<'shop_replies_total'>['range']>().toEqualTypeOf<`${number}xx`>()
expectTypeOf<Labels<'shop_replies_total'>['tenant']>().toEqualTypeOf<string | undefined>()
expectTypeOf<Labels<'shop_replies_total'>['tier']>().toEqualTypeOf<'free' | 'paid' | undefined>()
expectTypeOf<keyof Labels<'shop_queue_length'>>().toEqualTypeOf<never>()

take<Labels<'shop_orders_total'>>({ channel: 'web', country: 'PE' })
take<Labels<'shop_replies_total'>>({ code: 200, range: '2xx' })
take<Labels<'shop_replies_total'>>({ code: '200', range: '2xx', tenant: 'acme', tier: 'paid' })
// @ts-expect-error 'fax' is not a channel
take<Labels<'shop_orders_total'>>({ channel: 'fax', country: 'PE' })
// @ts-expect-error country is missing
take<Labels<'shop_orders_total'>>({ channel: 'web' })
// @ts-expect-error county is not a label
take<Labels<'shop_orders_total'>>({ channel: 'web', country: 'PE', county: 'Lima' })
// @ts-expect-error '2yy' does not match the template
take<Labels<'shop_replies_total'>>({ code: 200, range: '2yy' })
// @ts-expect-error 'gold' is not a tier
take<Labels<'shop_replies_total'>>({ code: 200, range: '2xx', tier: 'gold' })

// Invalid entries do not compile.
// @ts-expect-error 'timer' is not a kind
defineMetrics({ wait: { kind: 'timer', help: 'Waiting' } })
// @ts-expect-error help is missing
defineMetrics({ wait: { kind: 'gauge' } })
// @ts-expect-error 'nam' is not a class
defineMetrics({ wait: { kind: 'gauge', help: 'Waiting', labels: { queue: 'nam' } } })

// A prefix is part of the names.
const prefixed = defineMetrics({ orders_total: { kind: 'counter', help: 'Orders placed' } }, { prefix: 'depot_' })
expectTypeOf<keyof typeof prefixed.metrics>().toEqualTypeOf<'depot_orders_total'>()
// @ts-expect-error the name without its prefix does not exist
prefixed.metrics.orders_total

// Events type their fields; none is required.
const events = defineEvents({
  order_placed: {
    help: 'An order',
    fields: { channel: ['web', 'app'], items: 'count', size: 'bytes', model: 'model' },
  },
})
type Order = FieldsOf<typeof events.events.order_placed>
expectTypeOf<Order['channel']>().toEqualTypeOf<'web' | 'app' | null | undefined>()
expectTypeOf<Order['items']>().toEqualTypeOf<number | bigint | null | undefined>()
take<Order>({})
// @ts-expect-error 'fax' is not a channel
take<Order>({ channel: 'fax' })
// @ts-expect-error note is not a field
take<Order>({ note: 'hello' })

// A merged catalogue has all names.
const merged = mergeCatalogs(shop, prefixed, events)
expectTypeOf(merged.metrics.shop_orders_total).toExtend<MetricSpec>()
expectTypeOf<keyof typeof merged.metrics>().toEqualTypeOf<keyof Shop | 'depot_orders_total'>()
expectTypeOf<keyof typeof merged.events>().toEqualTypeOf<'order_placed'>()
expectTypeOf(merged).toExtend<Catalog>()

// The built-in entries are typed the same way.
expectTypeOf<LabelsOf<BuiltinMetrics['llm_tokens_total']>['type']>().toEqualTypeOf<'input' | 'output' | 'total'>()
expectTypeOf<LabelsOf<BuiltinMetrics['app_requests_total']>['status_code']>().toEqualTypeOf<string | number>()
expectTypeOf<FieldsOf<BuiltinEvents['file_stored']>['category']>().toEqualTypeOf<
  'uploads' | 'generated' | 'other' | null | undefined
>()
take<LabelsOf<BuiltinMetrics['gen_ai.client.operation.duration']>>({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
})
// @ts-expect-error the operation is required
take<LabelsOf<BuiltinMetrics['gen_ai.client.operation.duration']>>({ 'gen_ai.provider.name': 'openai' })

// An entry of unknown details accepts any labels.
take<LabelsOf<MetricSpec>>({ anything: 'goes', count: 2 })

// Constants are literals, equal to the names in the catalogue.
expectTypeOf(MetricNames.TOKEN_INPUT).toEqualTypeOf<'token_input'>()
expectTypeOf(DimensionNames.MODEL_ID).toEqualTypeOf<'model_id'>()
// @ts-expect-error TOKEN_INPUTS does not exist
MetricNames.TOKEN_INPUTS
