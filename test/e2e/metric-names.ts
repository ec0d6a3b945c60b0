/**
 * What each metric is called where it is queried, written out by hand: the catalogue's own naming rules are not asked,
 * so that this table is a second opinion on them.
 *
 * - `page`: on `/custom_metrics`, hence after a scrape, and on the page of the repository's Collector
 * - `otlp`: what Prometheus 3 (and VictoriaMetrics with -opentelemetry.usePrometheusNaming) makes of OTLP by itself
 *
 * Null: the metric does not go that way. VictoriaMetrics without its flag keeps the OTLP name, the table's key.
 */
export interface QueriedNames {
  readonly page: string | null
  readonly otlp: string | null
}

const same = (name: string): QueriedNames => ({ page: name, otlp: name })

export const metricNames: Readonly<Record<string, QueriedNames>> = {
  // SecureTrack, S8–S27: verbatim on every way, nothing is added to them and nothing is doubled
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

  // Aki, K8–K14: a prefix on pages. A server that translates by itself knows no prefix: K9 then shares the name of S24,
  // and its label profile_name tells the two apart (T1).
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
  llm_cost_dollars_total: same('llm_cost_dollars_total'),
  llm_stream_outcomes_total: same('llm_stream_outcomes_total'),
  llm_usage_missing_total: same('llm_usage_missing_total'),
  llm_price_unknown_total: same('llm_price_unknown_total'),
  llm_feature_requests_total: same('llm_feature_requests_total'),
  llm_feature_tokens_total: same('llm_feature_tokens_total'),

  // OpenTelemetry GenAI, both editions: dots become underscores; seconds and _total are added, {token} adds nothing
  'gen_ai.client.token.usage': same('gen_ai_client_token_usage'),
  'gen_ai.client.operation.duration': same('gen_ai_client_operation_duration_seconds'),
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
}
