/**
 * The name of each metric in each system, written by hand and independent of the catalogue's naming rules, which it checks.
 *
 * - `page`: on its page, and so after a scrape, and on the page of the repository's Collector
 * - `otlp`: the name that Prometheus 3 (and VictoriaMetrics with -opentelemetry.usePrometheusNaming) gives an OTLP metric
 *
 * - `path`: the page of the metric; default `/custom_metrics`
 *
 * Null: the metric is not exported that way. VictoriaMetrics without its flag keeps the OTLP name, the table's key.
 */
export interface QueriedNames {
  readonly page: string | null
  readonly otlp: string | null
  readonly path?: '/metrics'
}

const same = (name: string): QueriedNames => ({ page: name, otlp: name })
const standard = (name: string): QueriedNames => ({ ...same(name), path: '/metrics' })
const scraped = (name: string): QueriedNames => ({ page: name, otlp: null, path: '/metrics' })

export const metricNames: Readonly<Record<string, QueriedNames>> = {
  // SecureTrack, S8–S27: verbatim everywhere, without additional suffixes
  llm_requests_total: same('llm_requests_total'),
  llm_tokens_total: same('llm_tokens_total'),
  llm_request_duration_seconds: same('llm_request_duration_seconds'),
  llm_completion_size_bytes: same('llm_completion_size_bytes'),
  llm_errors_total: same('llm_errors_total'),
  llm_rate_limits_total: same('llm_rate_limits_total'),
  app_requests_total: same('app_requests_total'),
  app_request_duration_seconds: same('app_request_duration_seconds'),
  app_active_sessions: same('app_active_sessions'),
  app_errors_total: same('app_errors_total'),
  feature_usage_total: same('feature_usage_total'),
  feature_duration_seconds: same('feature_duration_seconds'),
  feature_errors_total: same('feature_errors_total'),
  user_registrations_total: same('user_registrations_total'),
  user_logins_total: same('user_logins_total'),
  user_auth_failures_total: same('user_auth_failures_total'),
  user_action_total: same('user_action_total'),
  user_action_duration_seconds: same('user_action_duration_seconds'),
  workspace_size_bytes: same('workspace_size_bytes'),
  analysis_complexity: same('analysis_complexity'),

  // Aki, K8–K14: a prefix on pages. A server that translates names itself adds no prefix: K9 then shares the name of S24,
  // and its label profile_name distinguishes the two (T1).
  active_user: { page: 'aki_active_user_total', otlp: 'active_user_total' },
  aki_active_user: { page: 'aki_active_user_total', otlp: null },
  aki_active_users: { page: 'aki_active_users', otlp: null },
  user_action: { page: 'aki_user_action_total', otlp: 'user_action_total' },
  token_input: { page: 'aki_token_input_total', otlp: 'token_input_total' },
  token_output: { page: 'aki_token_output_total', otlp: 'token_output_total' },
  execution_time: { page: 'aki_execution_time_milliseconds', otlp: 'execution_time_milliseconds' },
  model_usage: { page: 'aki_model_usage_total', otlp: 'model_usage_total' },
  tool_usage: { page: 'aki_tool_usage_total', otlp: 'tool_usage_total' },

  // model calls, beyond the documents
  llm_time_to_first_token_seconds: same('llm_time_to_first_token_seconds'),
  llm_token_details_total: same('llm_token_details_total'),
  llm_retries_total: same('llm_retries_total'),
  llm_ratelimit_remaining: same('llm_ratelimit_remaining'),
  llm_ratelimit_limit: same('llm_ratelimit_limit'),
  llm_cost_usd_total: same('llm_cost_usd_total'),
  llm_stream_outcomes_total: same('llm_stream_outcomes_total'),
  llm_usage_missing_total: same('llm_usage_missing_total'),
  llm_price_unknown_total: same('llm_price_unknown_total'),
  llm_feature_requests_total: same('llm_feature_requests_total'),
  llm_feature_tokens_total: same('llm_feature_tokens_total'),
  llm_feature_cost_usd_total: same('llm_feature_cost_usd_total'),
  llm_tokens_by_user_total: same('llm_tokens_by_user_total'),
  llm_open_calls: same('llm_open_calls'),
  app_stream_duration_seconds: same('app_stream_duration_seconds'),

  // OpenTelemetry GenAI, both editions: dots become underscores; seconds and _total are added, {token} adds nothing
  'gen_ai.client.token.usage': same('gen_ai_client_token_usage'),
  'gen_ai.client.operation.duration': same('gen_ai_client_operation_duration_seconds'),
  'gen_ai.client.operation.cost': same('gen_ai_client_operation_cost'),
  'gen_ai.client.operation.time_to_first_chunk': same('gen_ai_client_operation_time_to_first_chunk_seconds'),
  'gen_ai.client.operation.time_per_output_chunk': same('gen_ai_client_operation_time_per_output_chunk_seconds'),
  'gen_ai.client.inference.duration': same('gen_ai_client_inference_duration_seconds'),
  'gen_ai.client.inference.time_to_first_chunk': same('gen_ai_client_inference_time_to_first_chunk_seconds'),
  'gen_ai.client.inference.time_per_output_chunk': same('gen_ai_client_inference_time_per_output_chunk_seconds'),
  'gen_ai.client.inference.usage.input_tokens': same('gen_ai_client_inference_usage_input_tokens_total'),
  'gen_ai.client.inference.usage.output_tokens': same('gen_ai_client_inference_usage_output_tokens_total'),
  'gen_ai.client.inference.usage.cache_read.input_tokens': same(
    'gen_ai_client_inference_usage_cache_read_input_tokens_total',
  ),
  'gen_ai.client.inference.usage.cache_write.input_tokens': same(
    'gen_ai_client_inference_usage_cache_write_input_tokens_total',
  ),
  'gen_ai.client.inference.usage.reasoning.output_tokens': same(
    'gen_ai_client_inference_usage_reasoning_output_tokens_total',
  ),
  'gen_ai.client.inference.operation.input_tokens': same('gen_ai_client_inference_operation_input_tokens'),
  'gen_ai.client.inference.operation.output_tokens': same('gen_ai_client_inference_operation_output_tokens'),
  'gen_ai.execute_tool.duration': same('gen_ai_execute_tool_duration_seconds'),
  'gen_ai.invoke_agent.duration': same('gen_ai_invoke_agent_duration_seconds'),
  'gen_ai.invoke_agent.inference_calls': same('gen_ai_invoke_agent_inference_calls'),
  'gen_ai.invoke_agent.tool_calls': same('gen_ai_invoke_agent_tool_calls'),
  'gen_ai.invoke_workflow.duration': same('gen_ai_invoke_workflow_duration_seconds'),

  // OpenTelemetry MCP
  'mcp.client.operation.duration': same('mcp_client_operation_duration_seconds'),
  'mcp.server.operation.duration': same('mcp_server_operation_duration_seconds'),
  'mcp.client.session.duration': same('mcp_client_session_duration_seconds'),
  'mcp.server.session.duration': same('mcp_server_session_duration_seconds'),

  // the standard page, OpenTelemetry: HTTP, process and runtime
  'http.server.request.duration': standard('http_server_request_duration_seconds'),
  'http.server.active_requests': standard('http_server_active_requests'),
  'http.server.request.body.size': standard('http_server_request_body_size_bytes'),
  'http.server.response.body.size': standard('http_server_response_body_size_bytes'),
  'http.client.request.duration': standard('http_client_request_duration_seconds'),
  'process.cpu.time': standard('process_cpu_time_seconds_total'),
  'process.memory.usage': standard('process_memory_usage_bytes'),
  'process.memory.virtual': standard('process_memory_virtual_bytes'),
  'process.unix.file_descriptor.count': standard('process_unix_file_descriptor_count'),
  'process.uptime': standard('process_uptime_seconds'),
  'nodejs.eventloop.delay.min': standard('nodejs_eventloop_delay_min_seconds'),
  'nodejs.eventloop.delay.max': standard('nodejs_eventloop_delay_max_seconds'),
  'nodejs.eventloop.delay.mean': standard('nodejs_eventloop_delay_mean_seconds'),
  'nodejs.eventloop.delay.stddev': standard('nodejs_eventloop_delay_stddev_seconds'),
  'nodejs.eventloop.delay.p50': standard('nodejs_eventloop_delay_p50_seconds'),
  'nodejs.eventloop.delay.p90': standard('nodejs_eventloop_delay_p90_seconds'),
  'nodejs.eventloop.delay.p99': standard('nodejs_eventloop_delay_p99_seconds'),
  'nodejs.eventloop.time': standard('nodejs_eventloop_time_seconds_total'),
  'nodejs.eventloop.utilization': standard('nodejs_eventloop_utilization_ratio'),
  'v8js.gc.duration': standard('v8js_gc_duration_seconds'),
  'v8js.memory.heap.limit': standard('v8js_memory_heap_limit_bytes'),
  'v8js.memory.heap.used': standard('v8js_memory_heap_used_bytes'),
  'v8js.memory.heap.space.available_size': standard('v8js_memory_heap_space_available_size_bytes'),
  'v8js.memory.heap.space.physical_size': standard('v8js_memory_heap_space_physical_size_bytes'),

  // the standard page, FastAPI Instrumentator (S1): scraped only, because OpenTelemetry's metrics are sent over OTLP
  http_requests_total: scraped('http_requests_total'),
  http_request_size_bytes: scraped('http_request_size_bytes'),
  http_response_size_bytes: scraped('http_response_size_bytes'),
  http_request_duration_highr_seconds: scraped('http_request_duration_highr_seconds'),
  http_request_duration_seconds: scraped('http_request_duration_seconds'),

  // the standard page, prom-client: scraped only
  process_cpu_user_seconds_total: scraped('process_cpu_user_seconds_total'),
  process_cpu_system_seconds_total: scraped('process_cpu_system_seconds_total'),
  process_cpu_seconds_total: scraped('process_cpu_seconds_total'),
  process_start_time_seconds: scraped('process_start_time_seconds'),
  process_resident_memory_bytes: scraped('process_resident_memory_bytes'),
  process_virtual_memory_bytes: scraped('process_virtual_memory_bytes'),
  process_heap_bytes: scraped('process_heap_bytes'),
  process_open_fds: scraped('process_open_fds'),
  process_max_fds: scraped('process_max_fds'),
  nodejs_eventloop_lag_seconds: scraped('nodejs_eventloop_lag_seconds'),
  nodejs_eventloop_lag_min_seconds: scraped('nodejs_eventloop_lag_min_seconds'),
  nodejs_eventloop_lag_max_seconds: scraped('nodejs_eventloop_lag_max_seconds'),
  nodejs_eventloop_lag_mean_seconds: scraped('nodejs_eventloop_lag_mean_seconds'),
  nodejs_eventloop_lag_stddev_seconds: scraped('nodejs_eventloop_lag_stddev_seconds'),
  nodejs_eventloop_lag_p50_seconds: scraped('nodejs_eventloop_lag_p50_seconds'),
  nodejs_eventloop_lag_p90_seconds: scraped('nodejs_eventloop_lag_p90_seconds'),
  nodejs_eventloop_lag_p99_seconds: scraped('nodejs_eventloop_lag_p99_seconds'),
  nodejs_active_resources: scraped('nodejs_active_resources'),
  nodejs_active_resources_total: scraped('nodejs_active_resources_total'),
  nodejs_active_handles: scraped('nodejs_active_handles'),
  nodejs_active_handles_total: scraped('nodejs_active_handles_total'),
  nodejs_active_requests: scraped('nodejs_active_requests'),
  nodejs_active_requests_total: scraped('nodejs_active_requests_total'),
  nodejs_heap_size_total_bytes: scraped('nodejs_heap_size_total_bytes'),
  nodejs_heap_size_used_bytes: scraped('nodejs_heap_size_used_bytes'),
  nodejs_external_memory_bytes: scraped('nodejs_external_memory_bytes'),
  nodejs_heap_space_size_total_bytes: scraped('nodejs_heap_space_size_total_bytes'),
  nodejs_heap_space_size_used_bytes: scraped('nodejs_heap_space_size_used_bytes'),
  nodejs_heap_space_size_available_bytes: scraped('nodejs_heap_space_size_available_bytes'),
  nodejs_version_info: scraped('nodejs_version_info'),
  nodejs_gc_duration_seconds: scraped('nodejs_gc_duration_seconds'),
}
