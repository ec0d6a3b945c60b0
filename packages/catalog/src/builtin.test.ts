import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { builtinCatalog, type EventSpec, exportedNames, type MetricSpec } from './builtin.js'
import { checkNames } from './collisions.js'
import { lint } from './lint/lint.js'
import { lintExceptions } from './lint/lint-exceptions.js'
import { eventsSchema, metricsSchema } from './schema.js'

const metrics: { readonly [name: string]: MetricSpec } = builtinCatalog.metrics
const events: { readonly [name: string]: EventSpec } = builtinCatalog.events
const labelsOf = (name: string) => Object.keys(metrics[name]?.labels ?? {})

// The tables of the SecureTrack document: name, type, description, labels.
test.each([
  ['S8', 'llm_requests_total', 'counter', 'Total number of LLM API requests', ['model', 'endpoint']],
  ['S9', 'llm_tokens_total', 'counter', 'Total number of tokens processed by LLM', ['model', 'type']],
  [
    'S10',
    'llm_request_duration_seconds',
    'histogram',
    'Duration of LLM API requests in seconds',
    ['model', 'endpoint'],
  ],
  ['S11', 'llm_completion_size_bytes', 'summary', 'Size of LLM completions in bytes', ['model']],
  ['S12', 'llm_errors_total', 'counter', 'Total number of LLM API errors', ['model', 'error_type']],
  ['S13', 'llm_rate_limits_total', 'counter', 'Total number of LLM API rate limit errors', ['model']],
  [
    'S14',
    'app_requests_total',
    'counter',
    'Total number of application requests',
    ['endpoint', 'method', 'status_code'],
  ],
  [
    'S15',
    'app_request_duration_seconds',
    'histogram',
    'Duration of application requests in seconds',
    ['endpoint', 'method'],
  ],
  ['S16', 'app_active_sessions', 'gauge', 'Number of active user sessions', []],
  ['S17', 'app_errors_total', 'counter', 'Total number of application errors', ['endpoint', 'error_type']],
  ['S18', 'feature_usage_total', 'counter', 'Total number of times a feature is used', ['feature_name']],
  ['S19', 'feature_duration_seconds', 'histogram', 'Duration of feature execution in seconds', ['feature_name']],
  ['S20', 'feature_errors_total', 'counter', 'Total number of feature-specific errors', ['feature_name', 'error_type']],
  ['S21', 'user_registrations_total', 'counter', 'Total number of user registrations', []],
  ['S22', 'user_logins_total', 'counter', 'Total number of user logins', []],
  ['S23', 'user_auth_failures_total', 'counter', 'Total number of user authentication failures', ['reason']],
  ['S24', 'user_action_total', 'counter', 'Total number of specific user actions', ['action_type']],
  ['S25', 'user_action_duration_seconds', 'histogram', 'Duration of user actions in seconds', ['action_type']],
  ['S26', 'workspace_size_bytes', 'gauge', 'Size of user workspace in bytes', ['user_id']],
  ['S27', 'analysis_complexity', 'histogram', 'Complexity score of user analyses', ['analysis_type']],
])(
  '%s: %s is a %s with the document’s help and labels, and keeps its name in every output',
  (source, name, kind, help, labels) => {
    expect(metrics[name]).toMatchObject({ kind, help, source, vocabulary: 'securetrack' })
    expect(labelsOf(name)).toEqual(labels)
    expect(exportedNames(name, metrics[name]!)).toMatchObject({ prometheus: name, otlp: name })
  },
)

test('SecureTrack has no other metrics', () => {
  expect(Object.values(metrics).filter(({ vocabulary }) => vocabulary === 'securetrack')).toHaveLength(20)
})

test.each([
  ['llm_request_duration_seconds', [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120]],
  ['app_request_duration_seconds', [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10]],
  ['feature_duration_seconds', [0.1, 0.5, 1, 2, 5, 10, 30]],
  ['user_action_duration_seconds', [0.1, 0.5, 1, 2, 5, 10, 30]],
  ['analysis_complexity', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
])('%s has the buckets of the system that the document describes', (name, buckets) => {
  expect(metrics[name]?.buckets).toEqual(buckets)
})

// The tables of the Aki document: name, dimensions, unit; the page name is Quipu's.
test.each([
  ['K8', 'active_user', ['user_id', 'version_id'], '{user}', 'aki_active_user_total'],
  ['K9', 'user_action', ['action_type', 'profile_name'], '{action}', 'aki_user_action_total'],
  ['K10', 'token_input', ['model_id'], '{token}', 'aki_token_input_total'],
  ['K11', 'token_output', ['model_id'], '{token}', 'aki_token_output_total'],
  ['K12', 'execution_time', ['model_id'], 'ms', 'aki_execution_time_milliseconds'],
  ['K13', 'model_usage', ['model_id'], '{call}', 'aki_model_usage_total'],
  ['K14', 'tool_usage', ['tool_name'], '{call}', 'aki_tool_usage_total'],
])('%s: %s has its dimensions %j, its unit and its name over OTLP', (source, name, labels, unit, prometheus) => {
  expect(metrics[name]).toMatchObject({ source, unit, vocabulary: 'aki' })
  expect(labelsOf(name)).toEqual(labels)
  expect(exportedNames(name, metrics[name]!)).toEqual({ prometheus, otlp: name, scope: 'quipu.aki' })
})

test('the five documented user actions always get their own series', () => {
  expect(metrics.user_action?.labels?.action_type).toMatchObject({
    class: 'name',
    values: ['message', 'stop', 'resume', 'app_startup', 'app_shutdown'],
  })
})

test('active users are exported over OTLP only; pages get counts without user ids', () => {
  expect(metrics.active_user?.exportTo).toEqual(['otlp'])
  expect(metrics.aki_active_user?.exportTo).toEqual(['prometheus'])
  expect(metrics.aki_active_users).toMatchObject({ kind: 'gauge', exportTo: ['prometheus'] })
  const onPages = Object.values(metrics).filter(({ exportTo }) => exportTo?.includes('prometheus') ?? true)
  const withPerson = onPages.filter(({ labels }) => labels && 'user_id' in labels)
  // workspace_size_bytes, whose label the document requires, and metrics that only an option records; values are pseudonyms.
  expect(withPerson).toEqual([metrics.workspace_size_bytes, metrics.llm_tokens_by_user_total])
  expect(metrics.llm_tokens_by_user_total).toMatchObject({
    privacy: 'pseudonymous',
    labels: { user_id: { class: 'id' } },
  })
  expect(metrics.workspace_size_bytes?.labels?.user_id).toMatchObject({ class: 'id' })
})

test('execution times of ten minutes still have a bucket', () => {
  expect(metrics.execution_time?.buckets?.at(-1)).toBe(600_000)
})

test.each([
  ['llm_call', ['model', 'message_count', 'tool_count']],
  ['tool_call', ['tool_name']],
  ['tool_error', ['tool_name']],
  ['file_upload', ['file_size', 'content_type', 'file_count']],
  ['file_stored', ['file_size', 'content_type', 'category']],
  ['error', ['error_type']],
])('the event %s has the fields %j and no others', (name, fields) => {
  expect(Object.keys(events[name]?.fields ?? {})).toEqual(fields)
})

test('there are six events', () => {
  expect(Object.keys(events)).toHaveLength(6)
})

test('the documented error types always pass', () => {
  const type = events.error?.fields.error_type
  expect(type).toMatchObject({ class: 'errorType' })
  expect(type).toHaveProperty(
    'values',
    expect.arrayContaining(['rate_limit', 'timeout', 'authentication', 'validation']),
  )
})

test.each([
  ['gen_ai.client.token.usage', '{token}', ['gen_ai.operation.name', 'gen_ai.provider.name', 'gen_ai.token.type']],
  ['gen_ai.client.operation.duration', 's', ['gen_ai.operation.name', 'gen_ai.provider.name']],
  ['gen_ai.client.inference.duration', 's', ['gen_ai.operation.name', 'gen_ai.provider.name']],
  ['gen_ai.execute_tool.duration', 's', ['gen_ai.tool.name']],
  ['gen_ai.invoke_agent.duration', 's', []],
  ['gen_ai.invoke_workflow.duration', 's', []],
  ['mcp.client.operation.duration', 's', ['mcp.method.name']],
  ['mcp.server.session.duration', 's', []],
])('%s is in %s and requires %j, as the conventions say', (name, unit, required) => {
  const labels = Object.entries(metrics[name]?.labels ?? {})
  const isOptional = (label: unknown) =>
    typeof label === 'object' && label !== null && 'optional' in label && label.optional === true
  expect(metrics[name]).toMatchObject({ kind: 'histogram', unit, vocabulary: 'gen_ai' })
  expect(labels.filter(([, label]) => !isOptional(label)).map(([label]) => label)).toEqual(required)
})

test('metrics of model servers and resource addresses are not in the catalogue', () => {
  expect(Object.keys(metrics).filter((name) => name.startsWith('gen_ai.server'))).toEqual([])
  expect(Object.keys(metrics).filter((name) => labelsOf(name).includes('mcp.resource.uri'))).toEqual([])
})

test.each(Object.entries(metrics))('%s declares its source, its privacy and how processes are merged', (_, spec) => {
  expect(spec.source).toBeTruthy()
  expect(spec.vocabulary).toBeTruthy()
  expect(spec.privacy).toBeTruthy()
  expect(spec.merge).toBeTruthy()
})

test('the built-in entries pass the same checks as your own', () => {
  expect(metricsSchema.safeParse(metrics).error?.issues).toBeUndefined()
  expect(eventsSchema.safeParse(events).error?.issues).toBeUndefined()
  expect(() => checkNames(metrics)).not.toThrow()
})

test('the built-in entries pass the linter, and every exception is needed', () => {
  expect(lint(builtinCatalog)).toEqual([])
  for (const { rule, name } of lintExceptions) {
    const renamed = { [`probe_${name}`]: metrics[name]! }
    expect(lint({ metrics: renamed, events: {} }).map((finding) => finding.rule)).toContain(rule)
  }
})

test('the modules that recording loads do not load zod', () => {
  const seen = new Set<string>()
  const packages = new Set<string>()
  const visit = (file: URL) => {
    if (seen.has(file.href)) return
    seen.add(file.href)
    for (const [, from] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s[^'"]*?from\s'([^']+)'/gm)) {
      if (from!.startsWith('.')) visit(new URL(from!.replace(/\.js$/, '.ts'), file))
      else packages.add(from!)
    }
  }
  visit(new URL('./builtin.ts', import.meta.url))
  expect(seen.size).toBeGreaterThan(10)
  expect([...packages]).toEqual([])
})
