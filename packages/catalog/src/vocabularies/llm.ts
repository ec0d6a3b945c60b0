import type { MetricSpecs } from '../types.js'
import { llmErrorTypes } from './llm-error-types.js'

const model = { class: 'model', help: 'Requested model' } as const
const provider = { class: 'name', budget: 50, help: 'Who serves the model' } as const
// What the headers of providers count.
const limitKind = {
  class: 'name',
  values: ['requests', 'tokens', 'input_tokens', 'output_tokens'],
  budget: 20,
} as const
// Headers are as old as the last call: after five minutes without one nobody knows what is left.
const headroomExpiresMs = 300_000

const common = { privacy: 'none', merge: 'sum', vocabulary: 'quipu' } as const

/** What a model call shows and none of the documents asks for. Their labels are named as SecureTrack's are. */
export const llmMetrics = {
  llm_time_to_first_token_seconds: {
    ...common,
    kind: 'histogram',
    help: 'Time from the start of a streamed model call to its first output',
    unit: 's',
    labels: { model, endpoint: { class: 'name', help: 'Which of the application’s calls it was' } },
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120],
    source: 'usage.md §5',
  },
  llm_token_details_total: {
    ...common,
    kind: 'counter',
    // Parts of what llm_tokens_total counts, and for that reason not in it: its sum stays true.
    help: 'Tokens by kind; each is a part of the input or output tokens',
    unit: '{token}',
    labels: {
      model,
      kind: ['cache_read', 'cache_write', 'reasoning', 'audio_input', 'audio_output', 'image_input', 'image_output'],
    },
    source: 'usage.md §5',
  },
  llm_retries_total: {
    ...common,
    kind: 'counter',
    help: 'Attempts of model calls after the first',
    unit: '{attempt}',
    labels: { model, reason: { class: 'errorType', values: llmErrorTypes } },
    source: 'usage.md §5',
  },
  llm_ratelimit_remaining: {
    ...common,
    kind: 'gauge',
    help: 'What is left of a rate limit, as the provider last said',
    unit: '{unit}',
    labels: { provider, model, kind: limitKind },
    merge: 'last',
    expireAfterMs: headroomExpiresMs,
    source: 'usage.md §5',
  },
  llm_ratelimit_limit: {
    ...common,
    kind: 'gauge',
    help: 'A rate limit, as the provider last said',
    unit: '{unit}',
    labels: { provider, model, kind: limitKind },
    merge: 'last',
    expireAfterMs: headroomExpiresMs,
    source: 'usage.md §5',
  },
  llm_cost_dollars_total: {
    ...common,
    kind: 'counter',
    help: 'Cost of model calls in US dollars, by a price table',
    // An annotation: the bare unit `USD` would put itself into the name.
    unit: '{USD}',
    labels: { model },
    source: 'usage.md §5',
  },
  llm_stream_outcomes_total: {
    ...common,
    kind: 'counter',
    help: 'Streamed model calls by how they ended',
    unit: '{stream}',
    labels: { model, outcome: ['complete', 'aborted', 'abandoned', 'failed', 'unread'] },
    source: 'usage.md §5',
  },
  llm_usage_missing_total: {
    ...common,
    kind: 'counter',
    help: 'Model calls whose token usage is not known, which the token metrics therefore lack',
    unit: '{call}',
    labels: {
      model,
      reason: {
        class: 'name',
        values: ['not_reported', 'stream_without_usage', 'aborted', 'abandoned', 'failed', 'unread', 'invalid'],
        budget: 20,
      },
    },
    source: 'usage.md §5',
  },
  llm_price_unknown_total: {
    ...common,
    kind: 'counter',
    help: 'Model calls whose model the price table does not have, which the cost therefore lacks',
    unit: '{call}',
    labels: { model },
    source: 'usage.md §5',
  },
  llm_feature_requests_total: {
    ...common,
    kind: 'counter',
    help: 'Model calls on the account of a feature',
    unit: '{call}',
    labels: { feature: { class: 'name', help: 'Feature that withAttribution names' }, model },
    source: 'usage.md §5',
  },
  llm_feature_tokens_total: {
    ...common,
    kind: 'counter',
    help: 'Tokens on the account of a feature',
    unit: '{token}',
    labels: {
      feature: { class: 'name', help: 'Feature that withAttribution names' },
      model,
      type: ['input', 'output'],
    },
    source: 'usage.md §5',
  },
  llm_open_calls: {
    ...common,
    kind: 'upDownCounter',
    help: 'Model calls whose answer has not ended',
    unit: '{call}',
    labels: { model },
    // The calls of a process that died are not open.
    merge: 'live',
    source: 'usage.md §5',
  },
} as const satisfies MetricSpecs
