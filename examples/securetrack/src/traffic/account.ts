import type { Served } from 'quipu-example-model-server'

/** Labels of a series, or some of them; an empty value means an absent label. */
export type Labels = { readonly [name: string]: string }

/** An expected result: the sum of all series with this name and these labels. */
export interface Expectation {
  readonly metric: string
  readonly labels: Labels
  readonly value: number
}

export interface ModelCall {
  readonly model: string
  readonly endpoint: string
  readonly user: string
  readonly operation?: 'chat' | 'embeddings'
  readonly messages?: number
  /** Tool calls that the model requested; only if tools were offered. */
  readonly tools?: number
  /** The feature that it is attributed to. */
  readonly feature?: string
  readonly streamed?: boolean
  readonly outcome?: 'complete' | 'aborted' | 'abandoned' | 'failed'
  /** The error type, which is the same in every vocabulary. */
  readonly error?: string
  /** Reasons of the attempts after the first. */
  readonly retries?: readonly string[]
  /** Whether any output came, even an empty one. */
  readonly hasOutput?: boolean
}

/**
 * The expected results of the workload, by the documents' rules and in each of their vocabularies. It is independent of
 * Quipu, whose output is compared with it.
 */
export class Account {
  readonly #expected = new Map<string, Expectation>()
  readonly #lines = new Map<string, number>()

  get expectations(): readonly Expectation[] {
    return [...this.#expected.values()]
  }

  get lines(): ReadonlyMap<string, number> {
    return this.#lines
  }

  add(metric: string, labels: Labels = {}, value = 1): void {
    const key = JSON.stringify([metric, labels])
    this.#expected.set(key, { metric, labels, value: (this.#expected.get(key)?.value ?? 0) + value })
  }

  /** Expects the value of a gauge, which replaces an earlier expectation. */
  set(metric: string, labels: Labels, value: number): void {
    this.#expected.set(JSON.stringify([metric, labels]), { metric, labels, value })
  }

  line(user: string, text: string): void {
    const line = `[METRIC] [${user}] ${text}`
    this.#lines.set(line, (this.#lines.get(line) ?? 0) + 1)
  }

  request(endpoint: string, method: string, status: number): void {
    this.add('app_requests_total', { endpoint, method, status_code: String(status) })
    // The duration of a stream depends on its client, not on the speed of the application.
    const isStream = endpoint.endsWith('/stream')
    this.add(isStream ? 'app_stream_duration_seconds_count' : 'app_request_duration_seconds_count', {
      endpoint,
      method,
    })
    if (status >= 400) {
      this.add('app_errors_total', { endpoint, error_type: status >= 500 ? 'server_error' : 'client_error' })
    }
    this.add('http_server_request_duration_seconds_count', {
      http_request_method: method,
      // The sent status, also if the client disconnected before the end.
      http_response_status_code: String(status === 499 ? 200 : status),
      http_route: endpoint === 'unmatched' ? '' : endpoint,
    })
  }

  feature(name: string, errorClass?: string): void {
    this.add('feature_usage_total', { feature_name: name })
    this.add('feature_duration_seconds_count', { feature_name: name })
    if (errorClass !== undefined) {
      this.add('feature_errors_total', { feature_name: name, error_type: errorClass })
    }
  }

  userAction(action: string, isTimed: boolean): void {
    this.add('user_action_total', { action_type: action })
    if (isTimed) this.add('user_action_duration_seconds_count', { action_type: action })
  }

  akiAction(action: string, profile = 'Aki - Ask me anything'): void {
    this.add('aki_user_action_total', { action_type: action, profile_name: profile })
  }

  modelCall(call: ModelCall): void {
    const { model, endpoint, user, error, feature, outcome = 'complete', retries = [], streamed = false } = call
    this.add('llm_requests_total', { model, endpoint })
    this.add('llm_request_duration_seconds_count', { model, endpoint })
    this.add('aki_model_usage_total', { model_id: model })
    if (outcome === 'complete') this.add('aki_execution_time_milliseconds_count', { model_id: model })
    this.add('gen_ai_client_operation_duration_seconds_count', {
      gen_ai_operation_name: call.operation ?? 'chat',
      gen_ai_request_model: model,
      error_type: outcome === 'aborted' ? 'cancelled' : (error ?? ''),
    })
    for (const reason of retries) this.add('llm_retries_total', { model, reason })
    if (call.hasOutput ?? true) this.add('llm_completion_size_bytes_count', { model })
    if (streamed) {
      this.add('llm_stream_outcomes_total', { model, outcome })
      this.add('llm_time_to_first_token_seconds_count', { model, endpoint })
    }
    if (outcome === 'aborted' || outcome === 'abandoned')
      this.add('llm_usage_missing_total', { model, reason: outcome })
    if (feature !== undefined) this.add('llm_feature_requests_total', { feature, model })
    if (error !== undefined) {
      if (error === 'rate_limit') this.add('llm_rate_limits_total', { model })
      else this.add('llm_errors_total', { model, error_type: error })
      this.line(user, `error error_type=${error}`)
      return
    }
    const messages = call.messages === undefined ? '' : ` message_count=${call.messages}`
    const tools = call.tools === undefined ? '' : ` tool_count=${call.tools}`
    this.line(user, `llm_call model=${model}${messages}${tools}`)
  }

  toolCall(tool: string, user: string, errorType = ''): void {
    this.add('aki_tool_usage_total', { tool_name: tool })
    this.add('gen_ai_execute_tool_duration_seconds_count', { gen_ai_tool_name: tool, error_type: errorType })
    for (const side of ['client', 'server']) {
      this.add(`mcp_${side}_operation_duration_seconds_count`, {
        mcp_method_name: 'tools/call',
        gen_ai_tool_name: tool,
        error_type: errorType,
      })
    }
    this.line(user, `${errorType === '' ? 'tool_call' : 'tool_error'} tool_name=${tool}`)
  }

  /** Adds the model server's account, whose tokens and bytes are the true ones. */
  served({ model, status, outcome, saidUsage, inputTokens, outputTokens, outputBytes, path }: Served): void {
    if (path !== '/v1/embeddings' && status === 200) {
      this.add('llm_completion_size_bytes_sum', { model }, outputBytes)
    }
    if (outcome !== 'complete' || !saidUsage) return
    this.add('llm_tokens_total', { model, type: 'total' }, inputTokens + outputTokens)
    for (const [type, tokens] of [
      ['input', inputTokens],
      ['output', outputTokens],
    ] as const) {
      if (tokens === 0) continue
      this.add('llm_tokens_total', { model, type }, tokens)
      this.add(`aki_token_${type}_total`, { model_id: model }, tokens)
      this.add('gen_ai_client_token_usage_sum', { gen_ai_request_model: model, gen_ai_token_type: type }, tokens)
    }
  }
}
