import type { MetricSpecs } from '../types.js'

const modelId = { class: 'model', help: 'Identifier for the LLM model' } as const
const versionId = { class: 'name', budget: 20, help: 'Version of the application' } as const

/**
 * Aki's usage metrics (K8–K14). Over OTLP the names are the document's, in the scope `quipu.aki`; on pages they have the
 * prefix `aki_` (T1). Units are UCUM where the document says `Count` and `Milliseconds` (T30).
 */
export const akiMetrics = {
  active_user: {
    kind: 'counter',
    help: 'Tracks active user engagement',
    unit: '{user}',
    // The id is random, one an installation (K5, T4): nothing is left to pseudonymise.
    labels: { user_id: { class: 'name', budget: 100, help: 'Random id of the installation' }, version_id: versionId },
    budget: 200,
    privacy: 'pseudonymous',
    merge: 'sum',
    vocabulary: 'aki',
    source: 'K8',
    // One series a person, which pages do not want: they get the two metrics below (T5).
    exportTo: ['otlp'],
  },
  aki_active_user: {
    kind: 'counter',
    help: 'Tracks active user engagement, without who it was',
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
    help: 'Distinct active users that this process has seen',
    unit: '{user}',
    privacy: 'none',
    // Processes of one installation share its id, so their counts are of the same users.
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
        help: 'Type of user action (K15–K19)',
      },
      // Made up by users, with spaces: `Aki - Ask me anything` (T29). `none` when no profile is active (T28).
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
    // Up to ten minutes, the usual limit of a model call; OpenTelemetry's default buckets end at ten seconds (T30).
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
