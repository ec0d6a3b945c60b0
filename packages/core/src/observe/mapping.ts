import type { BuiltinEvents, BuiltinMetrics, FieldsOf, LabelsOf, Vocabulary } from '@quipu/catalog/builtin'
import type { FileObservation, LlmCallObservation, RequestObservation, ToolCallObservation } from './observation.js'

/** One line of the mapping: which metric an observation means, with which labels and value. */
export interface MetricRow<O> {
  readonly vocabulary: Vocabulary
  readonly metric: keyof BuiltinMetrics
  readonly labels: (observation: O) => { readonly [name: string]: unknown }
  /** What to add, set or record; undefined when the observation says nothing about it. */
  readonly value: (observation: O) => number | undefined
}

/** One line of the mapping: which event an observation is. */
export interface EventRow<O> {
  readonly event: keyof BuiltinEvents
  /** Its fields; undefined when the observation is not this event. */
  readonly fields: (observation: O) => { readonly [name: string]: unknown } | undefined
}

export interface Mapping<O> {
  readonly metrics: readonly MetricRow<O>[]
  readonly events: readonly EventRow<O>[]
}

function metric<O, K extends keyof BuiltinMetrics>(
  vocabulary: Vocabulary,
  name: K,
  labels: (observation: O) => LabelsOf<BuiltinMetrics[K]>,
  value: (observation: O) => number | undefined,
): MetricRow<O> {
  return { vocabulary, metric: name, labels, value }
}

function event<O, K extends keyof BuiltinEvents>(
  name: K,
  fields: (observation: O) => FieldsOf<BuiltinEvents[K]> | undefined,
): EventRow<O> {
  return { event: name, fields }
}

type Llm = LlmCallObservation
const model = (o: Llm) => ({ model: o.model })
const modelAndEndpoint = (o: Llm) => ({ model: o.model, endpoint: o.endpoint })
const modelId = (o: Llm) => ({ model_id: o.model })
const genAi = (o: Llm) => ({
  'gen_ai.operation.name': o.operation,
  'gen_ai.provider.name': o.provider,
  'gen_ai.request.model': o.model,
  'gen_ai.response.model': o.responseModel,
  'server.address': o.serverAddress,
  'server.port': o.serverPort === undefined ? undefined : String(o.serverPort),
})
const genAiCall = (o: Llm) => ({ ...genAi(o), 'openai.response.service_tier': o.serviceTier })
// `cancelled` for what its own signal stopped; a consumer that stopped reading is no error.
const errorType = (o: Llm) => ({ 'error.type': o.outcome === 'aborted' ? 'cancelled' : o.error?.llmType })
const genAiEnded = (o: Llm) => ({ ...genAiCall(o), ...errorType(o) })
const modality = (o: Llm) => ({ ...genAi(o), 'gen_ai.token.modality': 'unknown' as const })
const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000)
const positive = (count: number | undefined): number | undefined =>
  count !== undefined && count > 0 && Number.isFinite(count) ? count : undefined
const total = (o: Llm): number | undefined => positive((o.usage?.inputTokens ?? 0) + (o.usage?.outputTokens ?? 0))
const once = (happened: boolean): number | undefined => (happened ? 1 : undefined)
const detail = (
  kind: LabelsOf<BuiltinMetrics['llm_token_details_total']>['kind'],
  of: (o: Llm) => number | undefined,
) =>
  metric<Llm, 'llm_token_details_total'>(
    'quipu',
    'llm_token_details_total',
    (o) => ({ model: o.model, kind }),
    (o) => positive(of(o)),
  )

/**
 * A model call in every vocabulary. What each counts (T2): SecureTrack operations of any outcome; Aki likewise, as the
 * start of each; Atlas those that did not fail; OpenTelemetry operations, the failed ones with `error.type`.
 */
export const llmCallMapping: Mapping<Llm> = {
  metrics: [
    // SecureTrack, S8–S13
    metric('securetrack', 'llm_requests_total', modelAndEndpoint, () => 1),
    // T14: each side when it is known and not 0, the total whenever one of them is.
    metric(
      'securetrack',
      'llm_tokens_total',
      (o) => ({ model: o.model, type: 'input' }),
      (o) => positive(o.usage?.inputTokens),
    ),
    metric(
      'securetrack',
      'llm_tokens_total',
      (o) => ({ model: o.model, type: 'output' }),
      (o) => positive(o.usage?.outputTokens),
    ),
    metric('securetrack', 'llm_tokens_total', (o) => ({ model: o.model, type: 'total' }), total),
    metric('securetrack', 'llm_request_duration_seconds', modelAndEndpoint, (o) => seconds(o.durationMs)),
    metric('securetrack', 'llm_completion_size_bytes', model, (o) => o.outputBytes),
    // T15: a rate limit is counted where it is one, and not as an error too.
    metric(
      'securetrack',
      'llm_errors_total',
      (o) => ({ model: o.model, error_type: o.error?.className ?? 'unknown' }),
      (o) => once(o.outcome === 'failed' && o.error?.llmType !== 'rate_limit'),
    ),
    metric('securetrack', 'llm_rate_limits_total', model, (o) => positive(o.rateLimits)),
    // Aki, K10–K13
    metric('aki', 'model_usage', modelId, () => 1),
    metric('aki', 'token_input', modelId, (o) => positive(o.usage?.inputTokens)),
    metric('aki', 'token_output', modelId, (o) => positive(o.usage?.outputTokens)),
    metric('aki', 'execution_time', modelId, (o) => positive(o.providerLatencyMs) ?? o.durationMs),
    // OpenTelemetry GenAI conventions, edition 1.41
    metric('gen_ai', 'gen_ai.client.operation.duration', genAiEnded, (o) => seconds(o.durationMs)),
    metric(
      'gen_ai',
      'gen_ai.client.token.usage',
      (o) => ({ ...genAiCall(o), 'gen_ai.token.type': 'input' }),
      (o) => o.usage?.inputTokens,
    ),
    metric(
      'gen_ai',
      'gen_ai.client.token.usage',
      (o) => ({ ...genAiCall(o), 'gen_ai.token.type': 'output' }),
      (o) => o.usage?.outputTokens,
    ),
    metric('gen_ai', 'gen_ai.client.operation.time_to_first_chunk', genAi, (o) => seconds(o.firstChunkMs)),
    // the next edition
    metric('gen_ai', 'gen_ai.client.inference.duration', genAiEnded, (o) => seconds(o.durationMs)),
    metric('gen_ai', 'gen_ai.client.inference.time_to_first_chunk', genAi, (o) => seconds(o.firstChunkMs)),
    metric('gen_ai', 'gen_ai.client.inference.usage.input_tokens', modality, (o) => positive(o.usage?.inputTokens)),
    metric('gen_ai', 'gen_ai.client.inference.usage.output_tokens', modality, (o) => positive(o.usage?.outputTokens)),
    metric('gen_ai', 'gen_ai.client.inference.usage.cache_read.input_tokens', modality, (o) =>
      positive(o.usage?.cacheReadTokens),
    ),
    metric('gen_ai', 'gen_ai.client.inference.usage.cache_write.input_tokens', modality, (o) =>
      positive(o.usage?.cacheWriteTokens),
    ),
    metric('gen_ai', 'gen_ai.client.inference.usage.reasoning.output_tokens', modality, (o) =>
      positive(o.usage?.reasoningTokens),
    ),
    metric(
      'gen_ai',
      'gen_ai.client.inference.operation.input_tokens',
      (o) => ({ ...genAi(o), ...errorType(o) }),
      (o) => o.usage?.inputTokens,
    ),
    metric(
      'gen_ai',
      'gen_ai.client.inference.operation.output_tokens',
      (o) => ({ ...genAi(o), ...errorType(o) }),
      (o) => o.usage?.outputTokens,
    ),
    // What no document has. Details are parts of the totals and stay out of them.
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
    metric(
      'quipu',
      'llm_feature_tokens_total',
      (o) => ({ feature: o.feature ?? 'none', model: o.model, type: 'input' }),
      (o) => (o.feature === undefined ? undefined : positive(o.usage?.inputTokens)),
    ),
    metric(
      'quipu',
      'llm_feature_tokens_total',
      (o) => ({ feature: o.feature ?? 'none', model: o.model, type: 'output' }),
      (o) => (o.feature === undefined ? undefined : positive(o.usage?.outputTokens)),
    ),
  ],
  events: [
    // A16, T26: once, when it is settled, also when the consumer stopped reading; a failure is an `error`.
    event('llm_call', (o) =>
      o.outcome === 'failed'
        ? undefined
        : { model: o.model, message_count: o.messageCount ?? null, tool_count: o.toolCount ?? null },
    ),
    event('error', (o) => (o.outcome === 'failed' ? { error_type: o.error?.activityType ?? 'unexpected' } : undefined)),
  ],
}

function usageMissing(o: Llm): string {
  if (o.usageUnreadable) return 'invalid'
  if (o.outcome !== 'complete') return o.outcome
  return o.streamed ? 'stream_without_usage' : 'not_reported'
}

/**
 * What is made of model calls and is none itself (an agent, a workflow): how long it took. Its calls and their tokens are
 * counted by themselves, so that dashboards that add up count none twice.
 */
export const aroundCallsMapping: Mapping<Llm> = {
  metrics: [
    metric('gen_ai', 'gen_ai.client.operation.duration', genAiEnded, (o) => seconds(o.durationMs)),
    metric(
      'gen_ai',
      'gen_ai.invoke_agent.duration',
      (o) => ({ ...errorType(o), ...(o.model !== 'unknown' && { 'gen_ai.request.model': o.model }) }),
      (o) => (o.operation === 'invoke_agent' ? seconds(o.durationMs) : undefined),
    ),
    metric('gen_ai', 'gen_ai.invoke_workflow.duration', errorType, (o) =>
      o.operation === 'invoke_workflow' ? seconds(o.durationMs) : undefined,
    ),
  ],
  events: [],
}

/** A tool call in every vocabulary: K14 and Atlas' two events (A20, A22). */
export const toolCallMapping: Mapping<ToolCallObservation> = {
  metrics: [
    metric(
      'aki',
      'tool_usage',
      (o) => ({ tool_name: o.tool }),
      () => 1,
    ),
    metric(
      'gen_ai',
      'gen_ai.execute_tool.duration',
      (o) => ({ 'gen_ai.tool.name': o.tool, 'error.type': o.error?.className }),
      (o) => seconds(o.durationMs),
    ),
  ],
  events: [
    event('tool_call', (o) => (o.error === undefined ? { tool_name: o.tool } : undefined)),
    event('tool_error', (o) => (o.error === undefined ? undefined : { tool_name: o.tool })),
  ],
}

/** A request: S14, S15, and S17 with its two error types. */
export const requestMapping: Mapping<RequestObservation> = {
  metrics: [
    metric(
      'securetrack',
      'app_requests_total',
      (o) => ({ endpoint: o.endpoint, method: o.method, status_code: o.statusCode }),
      () => 1,
    ),
    metric(
      'securetrack',
      'app_request_duration_seconds',
      (o) => ({ endpoint: o.endpoint, method: o.method }),
      (o) => seconds(o.durationMs),
    ),
    metric(
      'securetrack',
      'app_errors_total',
      (o) => ({ endpoint: o.endpoint, error_type: o.statusCode >= 500 ? 'server_error' : 'client_error' }),
      (o) => once(o.statusCode >= 400),
    ),
  ],
  events: [],
}

/** A file that was uploaded: A24–A26. */
export const fileUploadMapping: Mapping<FileObservation> = {
  metrics: [],
  events: [
    event('file_upload', (o) => ({
      file_size: o.sizeBytes,
      content_type: o.contentType ?? null,
      file_count: o.fileCount ?? null,
    })),
  ],
}

/** A file that was stored: A27–A30. */
export const fileStoredMapping: Mapping<FileObservation> = {
  metrics: [],
  events: [
    event('file_stored', (o) => ({
      file_size: o.sizeBytes,
      content_type: o.contentType ?? null,
      category: o.category ?? 'other',
    })),
  ],
}
