import type { BuiltinMetrics, LabelsOf } from '@quipu/catalog/builtin'
import { costTypes, totalOf } from '../llm-cost.js'
import type { LlmCallObservation } from '../observation.js'
import { callLabels, tokenLabels } from './llm-call-labels.js'
import { createMapping, event, type MetricRow, metric, once, positive, seconds } from './mapping.js'

type Llm = LlmCallObservation
type Row = MetricRow<Llm>

const inputLabels = tokenLabels('input')
const outputLabels = tokenLabels('output')

const input = (o: Llm): number | undefined => positive(o.usage?.inputTokens)
const output = (o: Llm): number | undefined => positive(o.usage?.outputTokens)
const total = (o: Llm): number | undefined => positive((o.usage?.inputTokens ?? 0) + (o.usage?.outputTokens ?? 0))
const reportedInput = (o: Llm): number | undefined => o.usage?.inputTokens
const reportedOutput = (o: Llm): number | undefined => o.usage?.outputTokens
const duration = (o: Llm): number | undefined => seconds(o.durationMs)
const firstChunk = (o: Llm): number | undefined => seconds(o.firstChunkMs)
const failed = (o: Llm, byRateLimit: boolean): number | undefined =>
  once(o.outcome === 'failed' && (o.error?.type === 'rate_limit') === byRateLimit)

/**
 * Calls of any outcome. A failed call is an error or a rate limit, never both, and counts once with all its retries.
 */
const securetrack: readonly Row[] = [
  metric('securetrack', 'llm_requests_total', callLabels, () => 1),
  metric('securetrack', 'llm_tokens_total', inputLabels, input),
  metric('securetrack', 'llm_tokens_total', outputLabels, output),
  metric('securetrack', 'llm_tokens_total', tokenLabels('total'), total),
  metric('securetrack', 'llm_request_duration_seconds', callLabels, duration),
  metric('securetrack', 'llm_completion_size_bytes', callLabels, (o) => o.outputBytes),
  metric('securetrack', 'llm_errors_total', callLabels, (o) => failed(o, false)),
  metric('securetrack', 'llm_rate_limits_total', callLabels, (o) => failed(o, true)),
]

/** Usage counts calls of any outcome. The time is that of completed calls, because failures are short. */
const aki: readonly Row[] = [
  metric('aki', 'model_usage', callLabels, () => 1),
  metric('aki', 'token_input', callLabels, input),
  metric('aki', 'token_output', callLabels, output),
  metric('aki', 'execution_time', callLabels, (o) =>
    o.outcome === 'complete' ? (positive(o.providerLatencyMs) ?? o.durationMs) : undefined,
  ),
]

/** OpenTelemetry's GenAI conventions, edition 1.41. */
const genAi141: readonly Row[] = [
  metric('gen_ai', 'gen_ai.client.operation.duration', callLabels, duration),
  metric('gen_ai', 'gen_ai.client.token.usage', inputLabels, reportedInput),
  metric('gen_ai', 'gen_ai.client.token.usage', outputLabels, reportedOutput),
  metric('gen_ai', 'gen_ai.client.operation.time_to_first_chunk', callLabels, firstChunk),
  // Proposed, and in no edition yet.
  metric('gen_ai', 'gen_ai.client.operation.cost', callLabels, (o) => totalOf(o.cost)),
]

/** The next edition. */
const genAiNext: readonly Row[] = [
  metric('gen_ai', 'gen_ai.client.inference.duration', callLabels, duration),
  metric('gen_ai', 'gen_ai.client.inference.time_to_first_chunk', callLabels, firstChunk),
  metric('gen_ai', 'gen_ai.client.inference.usage.input_tokens', callLabels, input),
  metric('gen_ai', 'gen_ai.client.inference.usage.output_tokens', callLabels, output),
  metric('gen_ai', 'gen_ai.client.inference.usage.cache_read.input_tokens', callLabels, (o) =>
    positive(o.usage?.cacheReadTokens),
  ),
  metric('gen_ai', 'gen_ai.client.inference.usage.cache_write.input_tokens', callLabels, (o) =>
    positive(o.usage?.cacheWriteTokens),
  ),
  metric('gen_ai', 'gen_ai.client.inference.usage.reasoning.output_tokens', callLabels, (o) =>
    positive(o.usage?.reasoningTokens),
  ),
  metric('gen_ai', 'gen_ai.client.inference.operation.input_tokens', callLabels, reportedInput),
  metric('gen_ai', 'gen_ai.client.inference.operation.output_tokens', callLabels, reportedOutput),
]

type Detail = LabelsOf<BuiltinMetrics['llm_token_details_total']>['kind']

function detail(kind: Detail, of: (o: Llm) => number | undefined): Row {
  return metric(
    'quipu',
    'llm_token_details_total',
    (o: Llm) => ({ model: o.model, kind }),
    (o) => positive(of(o)),
  )
}

function cost(type: (typeof costTypes)[number]): Row {
  return metric(
    'quipu',
    'llm_cost_usd_total',
    (o: Llm) => ({ model: o.model, type, source: o.cost?.source ?? 'prices' }),
    (o) => positive(o.cost?.parts[type]),
  )
}

/** Metrics that no document defines. Token details are parts of the totals and are not added to them. */
const quipu: readonly Row[] = [
  metric('quipu', 'llm_time_to_first_token_seconds', callLabels, (o) => seconds(o.firstOutputMs)),
  detail('cache_read', (o) => o.usage?.cacheReadTokens),
  detail('cache_write', (o) => o.usage?.cacheWriteTokens),
  detail('reasoning', (o) => o.usage?.reasoningTokens),
  detail('audio_input', (o) => o.usage?.audioInputTokens),
  detail('audio_output', (o) => o.usage?.audioOutputTokens),
  detail('image_input', (o) => o.usage?.imageInputTokens),
  detail('image_output', (o) => o.usage?.imageOutputTokens),
  metric('quipu', 'llm_stream_outcomes_total', callLabels, (o) => once(o.streamed)),
  metric(
    'quipu',
    'llm_usage_missing_total',
    (o) => ({ model: o.model, reason: usageMissing(o) }),
    (o) => once(o.usage === undefined && o.outcome !== 'failed'),
  ),
  ...costTypes.map(cost),
  metric('quipu', 'llm_price_unknown_total', callLabels, (o) => once(o.priceUnknown)),
  metric('quipu', 'llm_feature_requests_total', callLabels, (o) => once(o.feature !== undefined)),
  metric('quipu', 'llm_feature_tokens_total', inputLabels, (o) => (o.feature === undefined ? undefined : input(o))),
  metric('quipu', 'llm_feature_tokens_total', outputLabels, (o) => (o.feature === undefined ? undefined : output(o))),
  metric('quipu', 'llm_feature_cost_usd_total', callLabels, (o) =>
    o.feature === undefined ? undefined : positive(totalOf(o.cost)),
  ),
]

function usageMissing(o: Llm): string {
  if (o.usageUnreadable) return 'invalid'
  if (o.outcome !== 'complete') return o.outcome
  return o.streamed ? 'stream_without_usage' : 'not_reported'
}

/** A model call in every vocabulary. */
export const llmCallMapping = createMapping<Llm>({
  metrics: [...securetrack, ...aki, ...genAi141, ...genAiNext, ...quipu],
  events: [
    // One event at the end of the call, also if the consumer stopped reading; a failed call is an `error`.
    event('llm_call', (o) =>
      o.outcome === 'failed'
        ? undefined
        : { model: o.model, message_count: o.messageCount ?? null, tool_count: o.toolCount ?? null },
    ),
    event('error', (o) => (o.outcome === 'failed' ? { error_type: o.error?.type ?? 'unknown' } : undefined)),
  ],
})
