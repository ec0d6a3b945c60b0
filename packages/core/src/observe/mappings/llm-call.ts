import type { BuiltinMetrics, LabelsOf } from '@quipu/catalog/builtin'
import type { LlmCallObservation } from '../observation.js'
import { callErrorType, genAi, genAiCall, genAiEnded } from './gen-ai-labels.js'
import { createMapping, event, type MetricRow, metric, once, positive, seconds } from './mapping.js'

type Llm = LlmCallObservation
type Row = MetricRow<Llm>

// Rows that name the same function share one label object per observation.
const model = (o: Llm) => ({ model: o.model })
const modelAndEndpoint = (o: Llm) => ({ model: o.model, endpoint: o.endpoint })
const modelId = (o: Llm) => ({ model_id: o.model })

const input = (o: Llm): number | undefined => positive(o.usage?.inputTokens)
const output = (o: Llm): number | undefined => positive(o.usage?.outputTokens)
const duration = (o: Llm): number | undefined => seconds(o.durationMs)
const firstChunk = (o: Llm): number | undefined => seconds(o.firstChunkMs)

function tokens(type: 'input' | 'output' | 'total', of: (o: Llm) => number | undefined): Row {
  return metric('securetrack', 'llm_tokens_total', (o: Llm) => ({ model: o.model, type }), of)
}

/** Requests and tokens count operations of any outcome; a rate limit is not counted as an error too. */
const securetrack: readonly Row[] = [
  metric('securetrack', 'llm_requests_total', modelAndEndpoint, () => 1),
  tokens('input', input),
  tokens('output', output),
  tokens('total', (o) => positive((o.usage?.inputTokens ?? 0) + (o.usage?.outputTokens ?? 0))),
  metric('securetrack', 'llm_request_duration_seconds', modelAndEndpoint, duration),
  metric('securetrack', 'llm_completion_size_bytes', model, (o) => o.outputBytes),
  metric(
    'securetrack',
    'llm_errors_total',
    (o) => ({ model: o.model, error_type: o.error?.className ?? 'unknown' }),
    (o) => once(o.outcome === 'failed' && o.error?.llmType !== 'rate_limit'),
  ),
  metric('securetrack', 'llm_rate_limits_total', model, (o) => positive(o.rateLimits)),
]

const aki: readonly Row[] = [
  metric('aki', 'model_usage', modelId, () => 1),
  metric('aki', 'token_input', modelId, input),
  metric('aki', 'token_output', modelId, output),
  metric('aki', 'execution_time', modelId, (o) => positive(o.providerLatencyMs) ?? o.durationMs),
]

const tokenUsage = (type: 'input' | 'output', of: (o: Llm) => number | undefined): Row =>
  metric('gen_ai', 'gen_ai.client.token.usage', (o: Llm) => ({ ...genAiCall(o), 'gen_ai.token.type': type }), of)

/** OpenTelemetry's GenAI conventions, edition 1.41. */
const genAi141: readonly Row[] = [
  metric('gen_ai', 'gen_ai.client.operation.duration', genAiEnded, duration),
  tokenUsage('input', (o) => o.usage?.inputTokens),
  tokenUsage('output', (o) => o.usage?.outputTokens),
  metric('gen_ai', 'gen_ai.client.operation.time_to_first_chunk', genAi, firstChunk),
]

const modality = (o: Llm) => ({ ...genAi(o), 'gen_ai.token.modality': 'unknown' as const })
const genAiError = (o: Llm) => ({ ...genAi(o), ...callErrorType(o) })

/** The edition after it. */
const genAiNext: readonly Row[] = [
  metric('gen_ai', 'gen_ai.client.inference.duration', genAiEnded, duration),
  metric('gen_ai', 'gen_ai.client.inference.time_to_first_chunk', genAi, firstChunk),
  metric('gen_ai', 'gen_ai.client.inference.usage.input_tokens', modality, input),
  metric('gen_ai', 'gen_ai.client.inference.usage.output_tokens', modality, output),
  metric('gen_ai', 'gen_ai.client.inference.usage.cache_read.input_tokens', modality, (o) =>
    positive(o.usage?.cacheReadTokens),
  ),
  metric('gen_ai', 'gen_ai.client.inference.usage.cache_write.input_tokens', modality, (o) =>
    positive(o.usage?.cacheWriteTokens),
  ),
  metric('gen_ai', 'gen_ai.client.inference.usage.reasoning.output_tokens', modality, (o) =>
    positive(o.usage?.reasoningTokens),
  ),
  metric('gen_ai', 'gen_ai.client.inference.operation.input_tokens', genAiError, (o) => o.usage?.inputTokens),
  metric('gen_ai', 'gen_ai.client.inference.operation.output_tokens', genAiError, (o) => o.usage?.outputTokens),
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

function featureTokens(type: 'input' | 'output', of: (o: Llm) => number | undefined): Row {
  return metric(
    'quipu',
    'llm_feature_tokens_total',
    (o: Llm) => ({ feature: o.feature ?? 'none', model: o.model, type }),
    (o) => (o.feature === undefined ? undefined : of(o)),
  )
}

/** What none of the documents asks for. Token details are parts of the totals and are not added to them. */
const quipu: readonly Row[] = [
  metric('quipu', 'llm_time_to_first_token_seconds', modelAndEndpoint, (o) => seconds(o.firstOutputMs)),
  detail('cache_read', (o) => o.usage?.cacheReadTokens),
  detail('cache_write', (o) => o.usage?.cacheWriteTokens),
  detail('reasoning', (o) => o.usage?.reasoningTokens),
  detail('audio_input', (o) => o.usage?.audioInputTokens),
  detail('audio_output', (o) => o.usage?.audioOutputTokens),
  detail('image_input', (o) => o.usage?.imageInputTokens),
  detail('image_output', (o) => o.usage?.imageOutputTokens),
  metric(
    'quipu',
    'llm_stream_outcomes_total',
    (o) => ({ model: o.model, outcome: o.outcome }),
    (o) => once(o.streamed),
  ),
  metric(
    'quipu',
    'llm_usage_missing_total',
    (o) => ({ model: o.model, reason: usageMissing(o) }),
    (o) => once(o.usage === undefined && o.outcome !== 'failed'),
  ),
  metric('quipu', 'llm_cost_dollars_total', model, (o) => positive(o.costDollars)),
  metric('quipu', 'llm_price_unknown_total', model, (o) => once(o.priceUnknown)),
  metric(
    'quipu',
    'llm_feature_requests_total',
    (o) => ({ feature: o.feature ?? 'none', model: o.model }),
    (o) => once(o.feature !== undefined),
  ),
  featureTokens('input', input),
  featureTokens('output', output),
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
    // One event when the call has ended, also when the consumer stopped reading; a failed call is an `error`.
    event('llm_call', (o) =>
      o.outcome === 'failed'
        ? undefined
        : { model: o.model, message_count: o.messageCount ?? null, tool_count: o.toolCount ?? null },
    ),
    event('error', (o) => (o.outcome === 'failed' ? { error_type: o.error?.activityType ?? 'unexpected' } : undefined)),
  ],
})
