import type { MetricSpecs } from '../types.js'
import { llmErrorTypes } from './llm-error-types.js'

const model = { class: 'model', help: 'Requested model' } as const
const provider = { class: 'name', budget: 50, help: 'Provider that serves the model' } as const
// The limits that providers report in headers.
const limitKind = {
  class: 'name',
  values: ['requests', 'tokens', 'input_tokens', 'output_tokens'],
  budget: 20,
} as const
// A header describes the time of its call. After five minutes without a call the remaining limit is unknown.
const headroomExpiresMs = 300_000

const common = { privacy: 'none', merge: 'sum', vocabulary: 'quipu' } as const

/** Metrics of model calls that no document defines. Their label names follow SecureTrack's. */
export const llmMetrics = {
  llm_time_to_first_token_seconds: {
    ...common,
    kind: 'histogram',
    help: 'Time from the start of a streamed model call to its first output',
    unit: 's',
    labels: { model, endpoint: { class: 'name', help: 'Name of the call in the application' } },
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120],
    source: 'usage.md §5',
  },
  llm_token_details_total: {
    ...common,
    kind: 'counter',
    // Each is a part of a count in llm_tokens_total, and has its own metric so that sums of llm_tokens_total stay
    // correct.
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
    help: 'Remaining rate limit, as last reported by the provider',
    unit: '{unit}',
    labels: { provider, model, kind: limitKind },
    merge: 'last',
    expireAfterMs: headroomExpiresMs,
    source: 'usage.md §5',
  },
  llm_ratelimit_limit: {
    ...common,
    kind: 'gauge',
    help: 'Rate limit, as last reported by the provider',
    unit: '{unit}',
    labels: { provider, model, kind: limitKind },
    merge: 'last',
    expireAfterMs: headroomExpiresMs,
    source: 'usage.md §5',
  },
  llm_cost_usd_total: {
    ...common,
    kind: 'counter',
    help: 'Cost of model calls in US dollars',
    // An annotation: the bare unit `USD` would become part of the name.
    unit: '{USD}',
    labels: {
      model,
      // The parts do not overlap: the sum over them is the cost.
      type: ['input', 'cache_read', 'cache_write', 'output', 'all'],
      source: ['provider', 'table', 'prices'],
    },
    source: 'usage.md §5',
  },
  llm_stream_outcomes_total: {
    ...common,
    kind: 'counter',
    help: 'Streamed model calls by outcome',
    unit: '{stream}',
    labels: { model, outcome: ['complete', 'aborted', 'abandoned', 'failed', 'unread'] },
    source: 'usage.md §5',
  },
  llm_usage_missing_total: {
    ...common,
    kind: 'counter',
    help: 'Model calls of unknown token usage, which the token metrics do not include',
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
    help: 'Model calls of models without a price, which the cost does not include',
    unit: '{call}',
    labels: { model },
    source: 'usage.md §5',
  },
  llm_feature_requests_total: {
    ...common,
    kind: 'counter',
    help: 'Model calls attributed to a feature',
    unit: '{call}',
    labels: { feature: { class: 'name', help: 'Feature that withAttribution names' }, model },
    source: 'usage.md §5',
  },
  llm_feature_tokens_total: {
    ...common,
    kind: 'counter',
    help: 'Tokens attributed to a feature',
    unit: '{token}',
    labels: {
      feature: { class: 'name', help: 'Feature that withAttribution names' },
      model,
      type: ['input', 'output'],
    },
    source: 'usage.md §5',
  },
  llm_feature_cost_usd_total: {
    ...common,
    kind: 'counter',
    help: 'Cost of model calls in US dollars by attributed feature',
    unit: '{USD}',
    labels: { feature: { class: 'name', help: 'Feature that withAttribution names' }, model },
    source: 'usage.md §5',
  },
  llm_tokens_by_user_total: {
    ...common,
    kind: 'counter',
    help: 'Tokens of the users with the most, where tokensByUser is on',
    unit: '{token}',
    labels: { user_id: { class: 'id', budget: 200, help: 'Pseudonym of the user' }, type: ['input', 'output'] },
    privacy: 'pseudonymous',
    budget: 200,
    overBudget: 'largest',
    source: 'usage.md §5',
  },
  llm_open_calls: {
    ...common,
    kind: 'upDownCounter',
    help: 'Model calls in progress',
    unit: '{call}',
    labels: { model },
    // A dead process has no calls in progress.
    merge: 'live',
    source: 'usage.md §5',
  },
} as const satisfies MetricSpecs
