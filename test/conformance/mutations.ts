// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text
import type { Patch } from './module-runner.js'
import { documentedMetrics } from './securetrack-metrics.js'

/** A change that breaks promises, and the rows that must see it. */
export interface Mutation extends Patch {
  readonly breaks: readonly string[]
}

type Change = readonly [breaks: string, from: string, to: string]

/** Changes of one file; `breaks` are numbers with spaces between. */
function inFile(file: string, changes: readonly Change[]): readonly Mutation[] {
  return changes.map(([breaks, from, to]) => ({ file, from, to, breaks: breaks.split(' ') }))
}

const catalog = (file: string, changes: readonly Change[]) => inFile(`packages/catalog/src/${file}`, changes)
const core = (file: string, changes: readonly Change[]) => inFile(`packages/core/src/${file}`, changes)

/** A help text of SecureTrack's that is not the document's, one a metric. */
const helpTexts = catalog(
  'vocabularies/securetrack.ts',
  documentedMetrics.map(({ number, help }) => [number, `help: '${help}'`, `help: '${help}, roughly'`]),
)

/** Small changes, each of which breaks what a document promises. */
export const mutations: readonly Mutation[] = [
  ...helpTexts,
  ...catalog('vocabularies/securetrack.ts', [
    ['S9 T14', "type: ['input', 'output', 'total']", "type: ['prompt', 'completion', 'total']"],
    ['S10', 'buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120]', 'buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60]'],
    ['S11 T3', "kind: 'summary'", "kind: 'counter'"],
    [
      'S14 S2 T8',
      "labels: { endpoint: route, method: 'method', status_code: 'status' }",
      "labels: { endpoint: route, method: 'method' }",
    ],
    ['S17 T16 T9', "error_type: ['client_error', 'server_error'] }", "error_type: ['client', 'server'] }"],
    ['S23', 'labels: { reason: {', 'labels: { why: {'],
    ['T7', "labels: { user_id: { class: 'id'", "labels: { user_id: { class: 'text'"],
    ['S27', 'buckets: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]', 'buckets: [2, 4, 6, 8, 10]'],
  ]),
  ...catalog('vocabularies/aki.ts', [
    ['K8 K5 K6 K20 K21 T4 T5', '  active_user: {', '  user_active: {'],
    ['K9 K1 K15 K16 K17 K18 K19 K24 K25', '  user_action: {', '  user_actions: {'],
    ['K10 K2 K33', '  token_input: {', '  tokens_input: {'],
    ['K11 K2', '  token_output: {', '  tokens_output: {'],
    ['K12 T30', "unit: 'ms'", "unit: 's'"],
    ['K13 K22 K4', '  model_usage: {', '  model_uses: {'],
    ['K14 K3 K23', "{ tool_name: { class: 'tool'", "{ tool: { class: 'tool'"],
    ['K25 K1', "profile_name: { class: 'text'", "profile_name: { class: 'name'"],
    [
      'K34 K26 K30',
      '  tool_usage: {',
      "  new_thing: { kind: 'counter', help: 'New', vocabulary: 'aki', labels: { new_label: 'name' } },\n  tool_usage: {",
    ],
    [
      'K29 K26 K30',
      '  model_usage: {',
      "  another_thing: { kind: 'counter', help: 'New', vocabulary: 'aki' },\n  model_usage: {",
    ],
    ['T5 K6', "exportTo: ['otlp']", "exportTo: ['otlp', 'prometheus']"],
    ['T30', '300000, 600000]', '300000]'],
    ['T29', "tool_name: { class: 'tool'", "tool_name: { class: 'tool', budget: 100_000"],
  ]),
  ...catalog('vocabularies/atlas.ts', [
    [
      'A3 A21 A34',
      "fields: { tool_name: { class: 'tool', help: 'Name of the tool, without its arguments' } }",
      "fields: { tool_name: { class: 'tool' }, arguments: 'text' }",
    ],
    ['A41', "model: { class: 'model', help: 'Model name' }", "model: { class: 'errorType', values: ['gpt-4'] }"],
    ['A39 T24', "      file_count: 'count',\n", ''],
    ['A30 A42 A58', "category: ['uploads', 'generated', 'other']", "category: ['uploads', 'other']"],
    [
      'A23',
      "fields: { tool_name: { class: 'tool', help: 'Name of the tool that failed' } }",
      "fields: { tool: { class: 'tool', help: 'Name of the tool that failed' } }",
    ],
    ['A20 A10 A45', '  tool_call: {', '  tool_calls: {'],
    ['A31 A32 A12 A47', '  error: {', '  errors: {'],
    ['T24', "class: 'errorType',\n", ''],
  ]),
  ...catalog('names.ts', [['T1 K9 K13', '`aki_${key}`', 'key']]),
  ...catalog('collisions.ts', [['T1', 'for (const { error } of nameErrors(entries)) throw error', '']]),
  ...catalog('constants.ts', [
    ['K27 K34', 'Object.keys(spec.labels ?? {})', 'Object.keys(spec.labels ?? {}).slice(1)'],
    ['K30 K35', ".replaceAll('.', '_').toUpperCase(), name]", ".replaceAll('.', '_').toUpperCase(), `aki_${name}`]"],
  ]),
  ...catalog('lint/lint.ts', [
    [
      'K28',
      'export function lint(',
      'export function lint(..._: unknown[]): readonly LintFinding[] { return [] }\nfunction unused(',
    ],
  ]),
  ...catalog('vocabularies/llm.ts', [['S39', "vocabulary: 'quipu'", "vocabulary: 'securetrack'"]]),
  ...inFile('docs/metrics-doc.mjs', [['K32', '`### ${name}`', '`### ${name.toUpperCase()}`']]),

  ...core('environment.ts', [
    [
      'A2 A6 A60',
      'return value !== undefined && /^(?:true|1|yes|on|t|y)$/i.test(value.trim())',
      'return value !== undefined',
    ],
    ['A5', '(?:true|1|yes|on|t|y)$/i', '(?:true)$/'],
    ['A7 A60', 'return value !== undefined &&', 'return value === undefined ||'],
    ['A4 A64', "'FEATURE_METRICS_LOGGING_ENABLED'", "'METRICS_LOGGING_ENABLED'"],
  ]),
  ...core('observe/mapping.ts', [
    [
      'A14 A22 A56',
      "event('tool_error', (o) => (o.error === undefined ?",
      "event('tool_error', (o) => (o.error !== undefined ?",
    ],
    ['A16 A54', "o.outcome === 'failed'\n        ? undefined", "o.outcome === 'aborted'\n        ? undefined"],
    ['A17 A9', '{ model: o.model, message_count', '{ model: o.endpoint, message_count'],
    ['A18 A9 A54', 'message_count: o.messageCount ?? null', 'message_count: o.toolCount ?? null'],
    ['A19 A55', 'tool_count: o.toolCount ?? null', 'tool_count: o.toolCount || null'],
    ['A13 A39', ', tool_count: o.toolCount ?? null', ''],
    ['T2 K2', "metric('aki', 'model_usage', modelId, () => 1),", ''],
    ['S8 S28', "metric('securetrack', 'llm_requests_total', modelAndEndpoint, () => 1),", ''],
    ['T15 S13', '(o) => positive(o.rateLimits)', '() => undefined'],
    ['T15', " && o.error?.llmType !== 'rate_limit'", ''],
    ['T31 K2', 'positive(o.providerLatencyMs) ?? o.durationMs', 'o.providerLatencyMs'],
    ['S17', "o.statusCode >= 500 ? 'server_error' : 'client_error'", "'server_error'"],
    [
      'A27 A58 A15',
      "event('file_stored', (o) => ({\n      file_size: o.sizeBytes,",
      "event('file_stored', (o) => ({\n      file_size: undefined,",
    ],
    [
      'A24 A25 A57 A40',
      "event('file_upload', (o) => ({\n      file_size: o.sizeBytes,",
      "event('file_upload', (o) => ({\n      file_size: undefined,",
    ],
  ]),
  ...core('activity/activity-events.ts', [
    [
      'A37 A62',
      "options.drop('activity', 'unknown_event')\n        return null",
      "options.drop('activity', 'unknown_event')\n        return { event, user: null, fields: Object(fields), unixMs: 0 }",
    ],
    [
      'A25 A40',
      "return typeof value === 'number' && value >= 0",
      "return typeof value === 'number' && value > 0 && value < 1_000_000",
    ],
  ]),
  ...core('privacy/clean.ts', [
    ['A26 A29 T20 A35', 'return MIME.test(type) ? type : OTHER', 'return value'],
    ['A37 T8', "value.split(/[?#]/, 1)[0] ?? ''", 'value'],
    ['T8', 'IDENTIFIER_SEGMENT.test(segment) || ', ''],
  ]),
  ...core('observe/read-result.ts', [
    ['A33', 'call.response({ model })', "call.response({ model: String(get(result, 'content')) })"],
  ]),
  ...core('observe/files.ts', [
    [
      'A30',
      "if (path.includes('/generated/')) return 'generated'",
      "if (path.includes('/uploads/')) return 'uploads'\n  if (path.includes('/generated/')) return 'generated'",
    ],
    [
      'A35',
      'category: file.category ?? categoryOf(file.key) }',
      "category: file.category ?? categoryOf(file.key), contentType: `x/${file.key?.replaceAll('/', '-')}` }",
    ],
    [
      'A28 A15',
      '{ sizeBytes: file.sizeBytes, contentType',
      '{ sizeBytes: Math.round(file.sizeBytes / 1000), contentType',
    ],
  ]),
  ...core('observe/describe-error.ts', [
    ['A32 A59', "  timeout: 'timeout',\n", ''],
    ['A36 S20 T16', "error.name !== '') return error.name", "error.name !== '') return error.message"],
    ['T16 T10', "if (!isError(error)) return 'unknown'", 'if (!isError(error)) return String(error)'],
    ['T15', "  insufficient_quota: 'quota_exceeded',\n", ''],
  ]),
  ...core('privacy/pseudonym.ts', [['A38 T7', '.slice(0, 16)', '.slice(0, 16) + value']]),
  ...core('observe/feature.ts', [
    ['S20 S41', "recording.write('feature_errors_total', 1", "recording.write('feature_errors', 1"],
    ['S18 T32 S31', "recording.write('feature_usage_total', 1, { feature_name: name })", ''],
    ['S19 S30 S31 S32 T10', 'elapsedMs() / 1000', 'elapsedMs()'],
    ['T10', 'run.fail(error.thrown)', 'run.end()'],
  ]),
  ...core('observe/feature-metrics.ts', [
    ['S30', '[Symbol.dispose](): void {\n    this.#run.end()', '[Symbol.dispose](): void {'],
  ]),
  ...core('observe/user-action.ts', [
    ['S24 S37', "recording.write('user_action_total', 1, { action_type: action })", ''],
    ['S25 S37', 'elapsedMs() / 1000', 'elapsedMs()'],
  ]),
  ...core('observe/follow.ts', [
    [
      'T10',
      '    end({ thrown })\n    throw thrown\n  }\n  if (isNativePromise(result)) {',
      '    end({ thrown })\n    throw new Error(String(thrown))\n  }\n  if (isNativePromise(result)) {',
    ],
    [
      'S29',
      'end(undefined, value)\n        return value',
      'end(undefined, value)\n        return Object.assign({}, value)',
    ],
    ['S31 T10', 'if (isNativePromise(result)) {', 'end(undefined)\n  if (isNativePromise(result)) {'],
    ['T26 T10', "return ['next', 'return', 'throw'].every((name) => {", "return ['throw'].every((name) => {"],
  ]),
  ...core('observe/wrap-function.ts', [
    ['S32', 'for (const key of Reflect.ownKeys(fn)) {', 'for (const key of Reflect.ownKeys({})) {'],
  ]),
  ...core('observe/sessions.ts', [
    ['S33 S35', 'if (key === undefined) anonymous++', 'if (key === undefined) anonymous += 2'],
    ['S35', 'else anonymous--', 'else anonymous++'],
    [
      'T11',
      "if (anonymous === 0) recording.drop('app_active_sessions', 'no_open_session')\n        else anonymous--",
      'anonymous--',
    ],
    ['T11', 'else lastSeen.set(key, recording.clock.monotonicMs())\n      show()', 'else anonymous++\n      show()'],
  ]),
  ...core('observe/create-helpers.ts', [
    ['A1 A12 A31', "guard('error', () => recording.say('error'", "guard('error', () => recording.say('failure'"],
    [
      'S36',
      "trackUserAction: (action) => write('user_action_total', 1",
      "trackUserAction: (action) => write('user_action_total', 2",
    ],
    ['S34 S22 T32', "write('user_logins_total', 1)", "write('user_registrations_total', 1)"],
    [
      'S21',
      "trackUserRegistration: () => write('user_registrations_total', 1)",
      'trackUserRegistration: () => undefined',
    ],
    ['S23', "(reason = 'invalid_credentials')", "(reason = 'unknown')"],
    ['T7', "recording.remove('workspace_size_bytes'", "recording.remove('workspace_size'"],
    [
      'S41',
      "recordLlmRateLimit: (model) => write('llm_rate_limits_total', 1, { model })",
      'recordLlmRateLimit: () => undefined',
    ],
    [
      'T14',
      'usable(inputTokens) + usable(outputTokens)',
      '(outputTokens > 0 ? usable(inputTokens) + usable(outputTokens) : 0)',
    ],
    [
      'T28',
      "{ action_type: 'app_shutdown', profile_name: 'none' }",
      "{ action_type: 'app_shutdown', profile_name: 'default' }",
    ],
  ]),
  ...core('observe/usage-metrics.ts', [
    ['K7', 'this.#options.enabled === false || ', ''],
    ['K7 T6', " || !this.#recorder.speaks('aki')", ''],
    ['K5 T5', 'this.#record(() => this.#id.reset())', ''],
    ['K26 K14 K23', 'recordToolUsage(', 'recordToolUse('],
    [
      'K31 K33 T32',
      'this.#recorder.recordMetric(name, value, options?.dimensions)',
      'this.#recorder.recordMetric(name, value)',
    ],
    ['K21 K4', "this.#options.versionId ?? '0.0.0'", "'0.0.0'"],
  ]),
  ...core('observe/installation-id.ts', [
    ['K5 K8 T4', 'const made = crypto.randomUUID()', "const made = environmentVariable('USER') ?? ''"],
    ['T4', 'mode: 0o600', 'mode: 0o644'],
  ]),
  ...core('observe/open-llm-call.ts', [
    ['S28', "about.model || 'unknown'", "'unknown'"],
    ['S12', "outcome: 'failed', error: described", "outcome: 'complete', error: described"],
  ]),
  ...core('observe/llm-tally.ts', [
    ['S11', 'return this.#hasOutput ? this.#bytes.bytes : this.#within.outputBytes', 'return undefined'],
  ]),
  ...core('create-recorder.ts', [['T27', 'if (strict) throw error\n', 'throw error\n']]),
  ...core('default-recorder.ts', [['T6', 'createNoopRecorder() : ', 'createRecorder() : ']]),

  ...inFile('packages/activity-log/src/format.ts', [
    ['A8 A9 A10 A11 A12 A13 A14 A15 A48 A49 A50 A51 A52 A61 A64 T17 T18 T19', '`[METRIC] [${', '`METRIC [${'],
    ['T20', 'return BARE.test(value)', 'return true'],
    [
      'A8 A11 A46',
      'line += ` ${key}=${formatValue(value)}`',
      'line = line.replace(/( \\w+=.*)?$/, (rest) => ` ${key}=${formatValue(value)}${rest}`)',
    ],
  ]),
  ...inFile('packages/activity-log/src/canonical.ts', [
    ['A52 T19 T21', ".replace(/[\\s[\\]]/g, '_')", ''],
    ['A63 T21', "return token === '' || token === UNKNOWN_USER ? null : token", 'return token'],
    ['T21', ".replace(everyInvisible, '')", ''],
    ['T22', 'return Number.isFinite(value) ? value : undefined', 'return value'],
  ]),
  ...inFile('packages/activity-log/src/writer-options.ts', [
    ['T23', "case 'none':\n      return () => null", "case 'none':\n      return (user) => user"],
  ]),
  ...inFile('packages/activity-log/src/parse.ts', [
    [
      'T18 T20',
      'return { event, user: user === UNKNOWN_USER ? null : user, fields }',
      'return { event, user: user.toLowerCase(), fields: {} }',
    ],
  ]),
  ...inFile('packages/prometheus/src/families/catalog-page.ts', [
    ['S11 T3', "summary: 'summary'", "summary: 'histogram'"],
    ['T5 K6', 'recorder.readings().filter(isOnPage)', 'recorder.readings()'],
  ]),
  ...inFile('packages/prometheus/src/serving/scrape-answers.ts', [
    ['S3', "if (request.method !== 'GET' && request.method !== 'HEAD') {", "if (request.method === 'PUT') {"],
  ]),
  ...inFile('packages/sdk/src/pages.ts', [
    ['S2 S40', "const CUSTOM = '/custom_metrics'", "const CUSTOM = '/metrics/custom'"],
    ['S1 S3', "const STANDARD = '/metrics'", "const STANDARD = '/standard_metrics'"],
    ['T12', '{ [STANDARD]: standard }', '{ [STANDARD]: custom }'],
  ]),
  ...inFile('packages/sdk/src/opentelemetry/http-server-metrics.ts', [
    ['S1', "...(typeof route === 'string' && { 'http.route': route })", '...(route === 0 && {})'],
  ]),
  ...inFile('packages/sdk/src/lifecycle/create-quipu.ts', [['T28', 'plain.trackAppShutdown()', '']]),
  ...inFile('packages/sdk/src/metrics-logger.ts', [
    [
      'A43 A44 A53 T25',
      "export { logMetric } from '@quipu/core'",
      "import { logMetric as log } from '@quipu/core'\nexport const logMetric = (event: string, user: string, fields: object): void => log(event as never, user.toUpperCase(), fields as never)",
    ],
  ]),
  ...inFile('packages/sdk/src/feature-metrics.ts', [['S38 T32', '  FeatureMetrics,\n', '']]),
  ...inFile('packages/http/src/observe-response.ts', [
    ['T9', 'if (response.writableFinished) return response.statusCode', 'if (response.writableFinished) return 200'],
    ['S2 T9', 'endpoint: request.route(),', 'endpoint: undefined,'],
  ]),
]
