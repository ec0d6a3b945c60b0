// An application's source, compiled against the packed packages by each TypeScript that is supported.
import { formatMetricLine, type ParsedMetricLine, parseMetricLine } from '@quipu/activity-log'
import { defineEvents, defineMetrics } from '@quipu/catalog'
import { createRecorder, FeatureMetrics, type LlmCall, type Recorder, trackFeature, withFeature } from '@quipu/core'
import { catalogPage, createHandler, type PageHandler, renderPage } from '@quipu/prometheus'

const shop = defineMetrics({
  shop_orders_total: { kind: 'counter', help: 'Orders placed', labels: { channel: ['web', 'app'], country: 'name' } },
})
const { metrics } = createRecorder({ catalog: shop })
metrics.shop_orders_total.add(1, { channel: 'web', country: 'PE' })
metrics.app_active_sessions.set(3)
// @ts-expect-error 'fax' is not a channel
metrics.shop_orders_total.add(1, { channel: 'fax', country: 'PE' })
// @ts-expect-error there is no such metric
metrics.shop_order_total.add(1)

export const recorder: Recorder = createRecorder()
recorder.logMetric('llm_call', 'user@example.com', { model: 'gpt-4', message_count: 5 })
export const events = defineEvents({ order_placed: { help: 'An order', fields: { items: 'count' } } })
export const wrapped: (input: string) => Promise<number> = trackFeature('parse', async (input: string) => input.length)
export const report: Promise<number> = withFeature('report', async () => 1)
export const call: LlmCall = recorder.startLlmCall({ model: 'gpt-4', endpoint: 'chat' })
export const line: ParsedMetricLine | null = parseMetricLine(
  formatMetricLine({ event: 'error', user: null, fields: {} }),
)
export const handler: PageHandler = createHandler({ pages: { '/custom_metrics': catalogPage(recorder) }, recorder })
export const text: Promise<string> = renderPage(recorder, { accept: 'application/openmetrics-text' })
export const answer: Promise<Response> = handler.fetch(new Request('http://localhost/custom_metrics'))

export class Analyzer {
  analyze(): void {
    using feature = new FeatureMetrics('threat_analysis')
    feature.fail(new Error('no'))
  }
}
