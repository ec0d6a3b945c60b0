import type { MetricSpecs } from '../types.js'

const modelId = { class: 'model', help: 'Identifier for the LLM model' } as const
const versionId = { class: 'name', budget: 20, help: 'Version of the application' } as const

/**
 * Aki's usage metrics. Over OTLP they have the document's names, in the scope `quipu.aki`; on pages they have the
 * prefix `aki_`. Units are UCUM; the document has `Count` and `Milliseconds`.
 */
export const akiMetrics = {
  active_user: {
    kind: 'counter',
    help: 'Tracks active user engagement',
    unit: '{user}',
    // The id is random, one per installation, so it needs no pseudonym.
    labels: { user_id: { class: 'name', budget: 100, help: 'Random id of the installation' }, version_id: versionId },
    budget: 200,
    privacy: 'pseudonymous',
    merge: 'sum',
    vocabulary: 'aki',
    source: 'K8',
    // One series per person. Pages get the two metrics below instead.
    exportTo: ['otlp'],
  },
  aki_active_user: {
    kind: 'counter',
    help: 'Tracks active user engagement, without the user',
    unit: '{user}',
    labels: { version_id: versionId },
    privacy: 'none',
    merge: 'sum',
    vocabulary: 'aki',
    source: 'T5',
    exportTo: ['prometheus'],
  },
  aki_active_users: {
    kind: 'gauge',
    help: 'Number of distinct active users observed by this process',
    unit: '{user}',
    privacy: 'none',
    // Processes of one installation share its id, so they count the same users.
    merge: 'max',
    vocabulary: 'aki',
    source: 'T5',
    exportTo: ['prometheus'],
  },
  user_action: {
    kind: 'counter',
    help: 'Tracks specific user actions',
    unit: '{action}',
    labels: {
      action_type: {
        class: 'name',
        values: ['message', 'stop', 'resume', 'app_startup', 'app_shutdown'],
        help: 'Type of user action',
      },
      // Users choose these names, with spaces: `Aki - Ask me anything`. `none` when no profile is active.
      profile_name: { class: 'text', values: ['none'], budget: 50, help: 'Name of the active profile' },
    },
    budget: 500,
    privacy: 'none',
    merge: 'sum',
    vocabulary: 'aki',
    source: 'K9',
  },
  token_input: {
    kind: 'counter',
    help: 'Number of input tokens used',
    unit: '{token}',
    labels: { model_id: modelId },
    privacy: 'none',
    merge: 'sum',
    vocabulary: 'aki',
    source: 'K10',
  },
  token_output: {
    kind: 'counter',
    help: 'Number of output tokens generated',
    unit: '{token}',
    labels: { model_id: modelId },
    privacy: 'none',
    merge: 'sum',
    vocabulary: 'aki',
    source: 'K11',
  },
  execution_time: {
    kind: 'histogram',
    help: 'Time taken for model execution',
    unit: 'ms',
    labels: { model_id: modelId },
    // Up to ten minutes, the usual limit of a model call; OpenTelemetry's default buckets end at ten seconds.
    buckets: [50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 120000, 300000, 600000],
    privacy: 'none',
    merge: 'sum',
    vocabulary: 'aki',
    source: 'K12',
  },
  model_usage: {
    kind: 'counter',
    help: 'Counts usage of specific model',
    unit: '{call}',
    labels: { model_id: modelId },
    privacy: 'none',
    merge: 'sum',
    vocabulary: 'aki',
    source: 'K13',
  },
  tool_usage: {
    kind: 'counter',
    help: 'Tracks usage of specific tools',
    unit: '{call}',
    labels: { tool_name: { class: 'tool', help: 'Name of the tool being used' } },
    privacy: 'none',
    merge: 'sum',
    vocabulary: 'aki',
    source: 'K14',
  },
} as const satisfies MetricSpecs
