import { builtinCatalog } from '@quipu/catalog'
import { createTestRecorder } from '@quipu/testing'
import { expect } from 'vitest'
import { familyOf, toValues } from './page.js'
import type { Checks } from './promises.js'

type TestRecorder = ReturnType<typeof createTestRecorder>

interface DocumentedMetric {
  readonly number: string
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram' | 'summary'
  readonly help: string
  readonly labels: readonly string[]
  /** The upper bounds of the system that the document describes. */
  readonly buckets?: readonly number[]
  /** A call of an application, and the samples that it records, without buckets. */
  readonly say: (recorder: TestRecorder) => unknown
  readonly gives: Readonly<Record<string, number>>
}

const seconds = [0.1, 0.5, 1, 2, 5, 10, 30]

function chat(recorder: TestRecorder): void {
  const call = recorder.startLlmCall({ model: 'gpt-4', endpoint: 'chat' })
  recorder.clock.advanceMs(1500)
  call.output('héllo')
  call.usage({ inputTokens: 120, outputTokens: 30 })
  call.end()
}

function failedChat(status: number) {
  return (recorder: TestRecorder): void => {
    class APIError extends Error {
      override readonly name = 'APIError'
      readonly status = status
    }
    recorder.startLlmCall({ model: 'gpt-4', endpoint: 'chat' }).fail(new APIError('no'))
  }
}

function request(statusCode: number) {
  return (recorder: TestRecorder): void =>
    recorder.observeRequest({ endpoint: '/users/:id', method: 'GET', statusCode, durationMs: 250 })
}

function feature(recorder: TestRecorder): void {
  const run = recorder.startFeature('threat_analysis')
  recorder.clock.advanceMs(250)
  run.fail(new TypeError('no'))
}

function action(recorder: TestRecorder): void {
  recorder.withUserAction('document_upload', () => recorder.clock.advanceMs(2500))
}

/** The five tables of the document: name, type, description and labels, verbatim. */
export const documentedMetrics: readonly DocumentedMetric[] = [
  {
    number: 'S8',
    name: 'llm_requests_total',
    kind: 'counter',
    help: 'Total number of LLM API requests',
    labels: ['model', 'endpoint'],
    say: chat,
    gives: { 'llm_requests_total{model="gpt-4",endpoint="chat"}': 1 },
  },
  {
    number: 'S9',
    name: 'llm_tokens_total',
    kind: 'counter',
    help: 'Total number of tokens processed by LLM',
    labels: ['model', 'type'],
    say: chat,
    gives: {
      'llm_tokens_total{model="gpt-4",type="input"}': 120,
      'llm_tokens_total{model="gpt-4",type="output"}': 30,
      'llm_tokens_total{model="gpt-4",type="total"}': 150,
    },
  },
  {
    number: 'S10',
    name: 'llm_request_duration_seconds',
    kind: 'histogram',
    help: 'Duration of LLM API requests in seconds',
    labels: ['model', 'endpoint'],
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120],
    say: chat,
    gives: {
      'llm_request_duration_seconds_sum{model="gpt-4",endpoint="chat"}': 1.5,
      'llm_request_duration_seconds_count{model="gpt-4",endpoint="chat"}': 1,
    },
  },
  {
    number: 'S11',
    name: 'llm_completion_size_bytes',
    kind: 'summary',
    help: 'Size of LLM completions in bytes',
    labels: ['model'],
    say: chat,
    // UTF-8: the é has two bytes.
    gives: {
      'llm_completion_size_bytes_sum{model="gpt-4"}': 6,
      'llm_completion_size_bytes_count{model="gpt-4"}': 1,
    },
  },
  {
    number: 'S12',
    name: 'llm_errors_total',
    kind: 'counter',
    help: 'Total number of LLM API errors',
    labels: ['model', 'error_type'],
    say: failedChat(500),
    gives: { 'llm_errors_total{model="gpt-4",error_type="server_error"}': 1 },
  },
  {
    number: 'S13',
    name: 'llm_rate_limits_total',
    kind: 'counter',
    help: 'Total number of LLM API rate limit errors',
    labels: ['model'],
    say: failedChat(429),
    gives: { 'llm_rate_limits_total{model="gpt-4"}': 1 },
  },
  {
    number: 'S14',
    name: 'app_requests_total',
    kind: 'counter',
    help: 'Total number of application requests',
    labels: ['endpoint', 'method', 'status_code'],
    say: request(200),
    gives: { 'app_requests_total{endpoint="/users/:id",method="GET",status_code="200"}': 1 },
  },
  {
    number: 'S15',
    name: 'app_request_duration_seconds',
    kind: 'histogram',
    help: 'Duration of application requests in seconds',
    labels: ['endpoint', 'method'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10],
    say: request(200),
    gives: {
      'app_request_duration_seconds_sum{endpoint="/users/:id",method="GET"}': 0.25,
      'app_request_duration_seconds_count{endpoint="/users/:id",method="GET"}': 1,
    },
  },
  {
    number: 'S16',
    name: 'app_active_sessions',
    kind: 'gauge',
    help: 'Number of active user sessions',
    labels: [],
    say: (r) => {
      r.trackSessionStart('a')
      r.trackSessionStart('b')
    },
    gives: { app_active_sessions: 2 },
  },
  {
    number: 'S17',
    name: 'app_errors_total',
    kind: 'counter',
    help: 'Total number of application errors',
    labels: ['endpoint', 'error_type'],
    say: (r) => {
      for (const status of [200, 301, 399, 400, 404, 499, 500, 503]) request(status)(r)
    },
    gives: {
      'app_errors_total{endpoint="/users/:id",error_type="client_error"}': 3,
      'app_errors_total{endpoint="/users/:id",error_type="server_error"}': 2,
    },
  },
  {
    number: 'S18',
    name: 'feature_usage_total',
    kind: 'counter',
    help: 'Total number of times a feature is used',
    labels: ['feature_name'],
    say: feature,
    gives: { 'feature_usage_total{feature_name="threat_analysis"}': 1 },
  },
  {
    number: 'S19',
    name: 'feature_duration_seconds',
    kind: 'histogram',
    help: 'Duration of feature execution in seconds',
    labels: ['feature_name'],
    buckets: seconds,
    say: feature,
    gives: {
      'feature_duration_seconds_sum{feature_name="threat_analysis"}': 0.25,
      'feature_duration_seconds_count{feature_name="threat_analysis"}': 1,
    },
  },
  {
    number: 'S20',
    name: 'feature_errors_total',
    kind: 'counter',
    help: 'Total number of feature-specific errors',
    labels: ['feature_name', 'error_type'],
    say: feature,
    gives: { 'feature_errors_total{feature_name="threat_analysis",error_type="TypeError"}': 1 },
  },
  {
    number: 'S21',
    name: 'user_registrations_total',
    kind: 'counter',
    help: 'Total number of user registrations',
    labels: [],
    say: (r) => r.trackUserRegistration(),
    gives: { user_registrations_total: 1 },
  },
  {
    number: 'S22',
    name: 'user_logins_total',
    kind: 'counter',
    help: 'Total number of user logins',
    labels: [],
    say: (r) => r.trackUserLogin(),
    gives: { user_logins_total: 1 },
  },
  {
    number: 'S23',
    name: 'user_auth_failures_total',
    kind: 'counter',
    help: 'Total number of user authentication failures',
    labels: ['reason'],
    say: (r) => {
      r.trackAuthFailure()
      r.trackAuthFailure('invalid_token')
    },
    gives: {
      'user_auth_failures_total{reason="invalid_credentials"}': 1,
      'user_auth_failures_total{reason="invalid_token"}': 1,
    },
  },
  {
    number: 'S24',
    name: 'user_action_total',
    kind: 'counter',
    help: 'Total number of specific user actions',
    labels: ['action_type'],
    say: action,
    gives: { 'user_action_total{action_type="document_upload"}': 1 },
  },
  {
    number: 'S25',
    name: 'user_action_duration_seconds',
    kind: 'histogram',
    help: 'Duration of user actions in seconds',
    labels: ['action_type'],
    buckets: seconds,
    say: action,
    gives: {
      'user_action_duration_seconds_sum{action_type="document_upload"}': 2.5,
      'user_action_duration_seconds_count{action_type="document_upload"}': 1,
    },
  },
  {
    number: 'S26',
    name: 'workspace_size_bytes',
    kind: 'gauge',
    help: 'Size of user workspace in bytes',
    labels: ['user_id'],
    say: (r) => {
      r.updateWorkspaceSize('user-42', 1_048_576)
      r.updateWorkspaceSize('user-42', 2_097_152)
    },
    gives: { 'workspace_size_bytes{user_id="user-42"}': 2_097_152 },
  },
  {
    number: 'S27',
    name: 'analysis_complexity',
    kind: 'histogram',
    help: 'Complexity score of user analyses',
    labels: ['analysis_type'],
    buckets: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    say: (r) => r.recordAnalysisComplexity('threat_model', 7),
    gives: {
      'analysis_complexity_sum{analysis_type="threat_model"}': 7,
      'analysis_complexity_count{analysis_type="threat_model"}': 1,
    },
  },
]

/** S8–S27, each in the catalogue and on the page. */
export const securetrackMetrics: Checks = Object.fromEntries(
  documentedMetrics.map((metric) => [metric.number, () => check(metric)]),
)

async function check({ name, kind, help, labels, buckets, say, gives, number }: DocumentedMetric): Promise<void> {
  const entry = Object.entries(builtinCatalog.metrics).find(([key]) => key === name)?.[1]
  expect(entry).toMatchObject({ kind, help, source: number, vocabulary: 'securetrack' })

  const recorder = createTestRecorder()
  if (labels.length === 0) {
    // At zero from the start: an increase is visible only if 0 was scraped before.
    expect(toValues((await familyOf(recorder, name)).samples)).toEqual({ [name]: 0 })
  }
  say(recorder)
  const family = await familyOf(recorder, name)
  expect(family).toMatchObject({ help, type: kind })
  expect(toValues(family.samples.filter((sample) => !sample.name.endsWith('_bucket')))).toEqual(gives)
  for (const sample of family.samples) {
    expect(Object.keys(sample.labels).filter((label) => label !== 'le')).toEqual(labels)
  }
  if (buckets === undefined) {
    expect(family.samples.filter((sample) => sample.name.endsWith('_bucket'))).toEqual([])
    return
  }
  const [, value = 0] = Object.entries(gives)[0] ?? []
  // The spelling of a bound (1 or 1.0) depends on the format.
  const counts = family.samples
    .filter((sample) => sample.name.endsWith('_bucket'))
    .map((sample) => [sample.labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(sample.labels.le), sample.value])
  expect(counts).toEqual([...buckets, Number.POSITIVE_INFINITY].map((bound) => [bound, value <= bound ? 1 : 0]))
}
