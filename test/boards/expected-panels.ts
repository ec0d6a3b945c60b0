import { type Groups, map, type Oracle, share } from './oracle.js'

/** Series that must exist, with values unknown to this test. */
export type Unknown =
  | { readonly positive: readonly string[] }
  /** The same, and the value may be 0. */
  | { readonly anything: readonly string[] }

/** Expected result of a panel's first query; `nothing` if the application records no such metric. */
export interface ExpectedPanels {
  readonly [board: string]: { readonly [title: string]: (oracle: Oracle) => Groups | Unknown }
}

const nothing = (): Groups => ({})
const zero = (): Groups => ({ '': 0 })

const mean = (o: Oracle, metric: string, ...by: readonly string[]): Groups =>
  share(o.grew(`${metric}_sum`, by), o.grew(`${metric}_count`, by))

const parts = { type: ['input', 'output'] }

/** Prices of the application, in US dollars per million tokens. */
const prices: { readonly [model: string]: { readonly input: number; readonly output: number } } = {
  'gpt-4': { input: 30, output: 60 },
  'gpt-4o-mini': { input: 0.15, output: 0.6 },
  'gpt-4.1-nano': { input: 0.1, output: 0.4 },
  'claude-haiku-4-5': { input: 1, output: 5 },
  'text-embedding-3-small': { input: 0.02, output: 0 },
}
const perHour = (perSecond: number): number => 3600 * perSecond
const costsOf = (o: Oracle, type: 'input' | 'output'): Groups =>
  Object.fromEntries(
    Object.entries(o.sent('llm_tokens_total', ['model'], { type: [type] })).map(([model, tokens]) => [
      model,
      (tokens * (prices[model]?.[type] ?? Number.NaN)) / 1e6,
    ]),
  )
const costOf = (o: Oracle, type: 'input' | 'output'): number => total(costsOf(o, type))[''] ?? 0
/** Cost by model, from the tokens that the model server sent. */
const costs = (o: Oracle): Groups => {
  const output = costsOf(o, 'output')
  return Object.fromEntries(
    Object.entries(costsOf(o, 'input')).map(([model, dollars]) => [model, dollars + (output[model] ?? 0)]),
  )
}
const total = (groups: Groups): Groups => group(groups, () => '')

/** Adds the groups that get the same key. */
function group(groups: Groups, toKey: (key: string) => string): Groups {
  const sums: Record<string, number> = {}
  for (const [key, value] of Object.entries(groups)) sums[toKey(key)] = (sums[toKey(key)] ?? 0) + value
  return sums
}
const refusals = (o: Oracle): Groups =>
  share(o.sent('user_auth_failures_total'), {
    '': (o.sent('user_auth_failures_total')[''] ?? 0) + (o.sent('user_logins_total')[''] ?? 0),
  })
const tool = 'gen_ai_execute_tool_duration_seconds'
const server = 'http_server_request_duration_seconds'
const failedTools = { error_type: ['tool_error', 'unknown_tool'] }

/** The boards over the SecureTrack example. */
export const expectedPanels: ExpectedPanels = {
  overview: {
    'Model calls': (o) => o.perSecond(o.sent('llm_requests_total')),
    'Failed model calls': (o) => share(o.sent('llm_errors_total'), o.sent('llm_requests_total')),
    'p95 model call': (o) => o.quantile(0.95, 'llm_request_duration_seconds'),
    Tokens: (o) => o.within(o.sent('llm_tokens_total', [], parts)),
    Cost: (o) => o.within(total(costs(o))),
    Sessions: (o) => o.now('app_active_sessions'),
    'Model calls by model': (o) => o.perSecond(o.sent('llm_requests_total', ['model'])),
    'Requests by status': (o) => o.perSecond(o.sent('app_requests_total', ['status_code'])),
    'p95 request by endpoint': (o) => o.quantile(0.95, 'app_request_duration_seconds', ['endpoint']),
    'Top features': (o) => o.within(o.sent('feature_usage_total', ['feature_name'])),
    'Model errors by type': (o) => o.within(o.sent('llm_errors_total', ['error_type'])),
    'Request errors by endpoint': (o) => o.within(o.sent('app_errors_total', ['endpoint', 'error_type'])),
  },
  llm: {
    'Requests by model': (o) => o.perSecond(o.sent('llm_requests_total', ['model'])),
    'Tokens by model and type': (o) => o.perSecond(o.sent('llm_tokens_total', ['model', 'type'], parts)),
    'Request duration': (o) => o.buckets('llm_request_duration_seconds'),
    'p50 duration by model': (o) => o.quantile(0.5, 'llm_request_duration_seconds', ['model']),
    'p95 duration by model': (o) => o.quantile(0.95, 'llm_request_duration_seconds', ['model']),
    'p95 time to first token': (o) => o.quantile(0.95, 'llm_time_to_first_token_seconds', ['model']),
    'Calls in flight, mean': (o) => o.perSecond(o.grew('llm_request_duration_seconds_sum', ['model'])),
    'Output tokens per second and call': (o) =>
      onlyIn(
        o.sent('llm_tokens_total', ['model'], { type: 'output' }),
        share(
          o.sent('llm_tokens_total', ['model'], { type: 'output' }),
          o.grew('llm_request_duration_seconds_sum', ['model']),
        ),
      ),
    'Mean completion size': (o) => mean(o, 'llm_completion_size_bytes', 'model'),
    'Errors by type': (o) => o.perMinute(o.sent('llm_errors_total', ['error_type'])),
    'Error ratio by model': (o) =>
      share(o.sent('llm_errors_total', ['model']), o.sent('llm_requests_total', ['model'])),
    'Rate-limited share by model': (o) =>
      share(o.sent('llm_rate_limits_total', ['model']), o.sent('llm_requests_total', ['model'])),
    'Retries by reason': (o) => o.perMinute(o.sent('llm_retries_total', ['reason'])),
    'Streams by outcome': (o) => o.perMinute(o.sent('llm_stream_outcomes_total', ['outcome'])),
    'Remaining rate limit': (o) =>
      share(
        o.now('llm_ratelimit_remaining', ['kind', 'model', 'provider']),
        o.now('llm_ratelimit_limit', ['kind', 'model', 'provider']),
      ),
    'Tokens per call': (o) =>
      share(o.sent('llm_tokens_total', ['model'], parts), o.sent('llm_requests_total', ['model'])),
    'Cached, reasoning and other parts': nothing,
    'Requests by endpoint': (o) => o.within(o.sent('llm_requests_total', ['endpoint'])),
    'p95 operation duration': (o) =>
      o.quantile(0.95, 'gen_ai_client_operation_duration_seconds', ['gen_ai_operation_name', 'gen_ai_request_model']),
    'Operations by provider': (o) =>
      o.perSecond(
        group(o.sent('gen_ai_client_operation_duration_seconds_count', ['gen_ai_request_model']), (model) =>
          model.startsWith('claude') ? 'anthropic' : 'openai',
        ),
      ),
    'Tokens by type': (o) => o.perSecond(o.sent('gen_ai_client_token_usage_sum', ['gen_ai_token_type'])),
  },
  application: {
    'Request duration by endpoint': (o) => mean(o, 'app_request_duration_seconds', 'endpoint'),
    'Errors by type': (o) => o.within(o.sent('app_errors_total', ['error_type'])),
    'Active sessions': (o) => o.now('app_active_sessions'),
    'Requests by endpoint': (o) => o.perSecond(o.sent('app_requests_total', ['endpoint'])),
    'Requests by status': (o) => o.perSecond(o.sent('app_requests_total', ['status_code'])),
    'Server errors by endpoint': (o) =>
      share(
        o.sent('app_requests_total', ['endpoint'], { status_code: ['500', '502', '503'] }),
        o.sent('app_requests_total', ['endpoint']),
      ),
    'p95 duration by endpoint': (o) => o.quantile(0.95, 'app_request_duration_seconds', ['endpoint']),
    'Slowest endpoints': (o) => o.quantile(0.95, 'app_request_duration_seconds', ['endpoint']),
    'Request duration': (o) => o.buckets('app_request_duration_seconds'),
    'Streams by endpoint': (o) => o.perMinute(o.sent('app_stream_duration_seconds_count', ['endpoint'])),
    'p95 stream duration by endpoint': (o) => o.quantile(0.95, 'app_stream_duration_seconds', ['endpoint']),
  },
  features: {
    'Top features': (o) => o.within(o.sent('feature_usage_total', ['feature_name'])),
    'Mean execution time': (o) => mean(o, 'feature_duration_seconds', 'feature_name'),
    'Error rate': (o) =>
      share(o.sent('feature_errors_total', ['feature_name']), o.sent('feature_usage_total', ['feature_name'])),
    Uses: (o) => o.perMinute(o.sent('feature_usage_total', ['feature_name'])),
    'p95 execution time': (o) => o.quantile(0.95, 'feature_duration_seconds', ['feature_name']),
    'Errors by feature and type': (o) => o.within(o.sent('feature_errors_total', ['error_type', 'feature_name'])),
    'Model calls by feature': (o) => o.perMinute(o.sent('llm_feature_requests_total', ['feature'])),
    'Tokens by feature': (o) => o.within(o.grew('llm_feature_tokens_total', ['feature'])),
  },
  users: {
    'New users': (o) => o.within(o.sent('user_registrations_total')),
    'Active users': (o) => o.now('app_active_sessions'),
    'Authentication failures': (o) => o.perMinute(o.sent('user_auth_failures_total', ['reason'])),
    Logins: (o) => o.perMinute(o.sent('user_logins_total')),
    'Refused share': refusals,
    'Top actions': (o) => o.within(o.sent('user_action_total', ['action_type'])),
    'p95 action time': (o) => o.quantile(0.95, 'user_action_duration_seconds', ['action_type']),
    'Largest workspaces': (o) => o.now('workspace_size_bytes', ['user_id']),
    'Mean analysis complexity': (o) => mean(o, 'analysis_complexity', 'analysis_type'),
  },
  'tools-and-files': {
    'Top tools': (o) => o.within(o.sent(`${tool}_count`, ['gen_ai_tool_name'])),
    'Tool error ratio': (o) =>
      share(o.sent(`${tool}_count`, ['gen_ai_tool_name'], failedTools), o.sent(`${tool}_count`, ['gen_ai_tool_name'])),
    'p95 tool time': (o) => o.quantile(0.95, tool, ['gen_ai_tool_name']),
    'MCP requests by method': (o) =>
      o.perMinute(o.sent('mcp_client_operation_duration_seconds_count', ['mcp_method_name'])),
    'p95 MCP request time': (o) => o.quantile(0.95, 'mcp_client_operation_duration_seconds', ['mcp_method_name']),
    'p95 agent run time': nothing,
    'File bytes by type': nothing,
    'Stored bytes by category': nothing,
    Events: nothing,
  },
  aki: {
    'Active users': (o) => o.now('aki_active_users'),
    'Actions by type': (o) => o.perMinute(o.sent('aki_user_action_total', ['action_type'])),
    'Actions by profile': (o) => o.within(o.sent('aki_user_action_total', ['profile_name'])),
    Tokens: (o) =>
      o.perSecond({
        input: o.sent('aki_token_input_total')[''] ?? 0,
        output: o.sent('aki_token_output_total')[''] ?? 0,
      }),
    'Model usage': (o) => o.within(o.sent('aki_model_usage_total', ['model_id'])),
    'p95 execution time': (o) => o.quantile(0.95, 'aki_execution_time_milliseconds', ['model_id']),
    'Stop share': (o) =>
      share(
        o.sent('aki_user_action_total', [], { action_type: 'stop' }),
        o.sent('aki_user_action_total', [], { action_type: 'message' }),
      ),
    'Tool usage': (o) => o.perMinute(o.sent('aki_tool_usage_total', ['tool_name'])),
  },
  cost: {
    'Cost, 24 hours': (o) => o.within(total(costs(o))),
    'Cost budget spent': (o) => map(o.within(total(costs(o))), (dollars) => dollars / 100),
    'Tokens, 24 hours': (o) => o.within(o.sent('llm_tokens_total', [], parts)),
    'Token budget spent': (o) => map(o.within(o.sent('llm_tokens_total', [], parts)), (tokens) => tokens / 50_000_000),
    'Cost an hour by model': (o) => map(o.perSecond(costs(o)), perHour),
    'Cost an hour by type': (o) =>
      map(o.perSecond({ 'table input': costOf(o, 'input'), 'table output': costOf(o, 'output') }), perHour),
    'Cost per call': (o) => share(costs(o), o.sent('llm_requests_total', ['model'])),
    'Cost by feature and model': (o) => o.within(o.grew('llm_feature_cost_usd_total', ['feature', 'model'])),
    'Tokens by feature and model': (o) => o.within(o.grew('llm_feature_tokens_total', ['feature', 'model'])),
    // The users are new in the window: increase() excludes the first value of their series.
    'Tokens by user': (o) => ({ anything: Object.keys(o.grew('llm_tokens_by_user_total', ['user_id'])).sort() }),
    'Calls without a price': nothing,
    'Calls without usage': (o) => o.within(o.sent('llm_usage_missing_total', ['reason'])),
  },
  node: {
    'Requests by route': (o) => o.perSecond(o.sent(`${server}_count`, ['http_route'])),
    'p95 request time by route': (o) => o.quantile(0.95, server, ['http_route']),
    'Server errors by route': (o) =>
      share(
        o.sent(`${server}_count`, ['http_route'], { http_response_status_code: ['500', '502', '503'] }),
        o.sent(`${server}_count`, ['http_route']),
      ),
    'Active requests': (o) => o.now('http_server_active_requests'),
    'Mean response size by route': (o) => mean(o, 'http_server_response_body_size_bytes', 'http_route'),
    'p95 outgoing request time by host': (o) =>
      o.quantile(0.95, 'http_client_request_duration_seconds', ['server_address']),
    CPU: () => ({ positive: ['system', 'user'] }),
    'Resident memory': () => ({ positive: [''] }),
    'Open files': () => ({ positive: [''] }),
    Uptime: () => ({ positive: [''] }),
    'Event loop utilization': () => ({ positive: [''] }),
    'Event loop delay, p99': () => ({ positive: [''] }),
    'Garbage collection': (o) => ({
      anything: Object.keys(o.now('v8js_gc_duration_seconds_sum', ['v8js_gc_type'])).sort(),
    }),
    'Heap in use': (o) => ({
      anything: Object.keys(o.now('v8js_memory_heap_used_bytes', ['v8js_heap_space_name'])).sort(),
    }),
    'Requests by status': (o) => o.perSecond(o.grew('http_requests_total', ['status'])),
    'p95 request time': (o) => o.quantile(0.95, 'http_request_duration_highr_seconds'),
    'Mean request time by handler': (o) => mean(o, 'http_request_duration_seconds', 'handler'),
  },
  pipeline: {
    'Targets down': zero,
    Dropped: zero,
    'Folded into other': zero,
    'Caught errors': zero,
    'Dropped by metric and reason': nothing,
    'Folded by metric and label': nothing,
    'Export points by outcome': nothing,
    'Largest metrics': (o) => o.now('quipu_series', ['metric']),
    'p95 scrape time': () => ({ positive: ['custom_metrics', 'metrics'] }),
    'Time since the last export': nothing,
    'Bytes on disk': (o) => o.now('quipu_spool_bytes'),
    'Workers missing': (o) => o.now('quipu_workers_missing'),
  },
}

function onlyIn(some: Groups, groups: Groups): Groups {
  return Object.fromEntries(Object.entries(groups).filter(([key]) => Object.hasOwn(some, key)))
}
