import { objectives } from '../catalogue/objectives.js'
import { type Board, heatmap, panel } from '../model/board.js'
import { top } from '../promql/queries.js'
import { boardMetrics, boardQueries, jobVariable } from './scope.js'

const q = boardQueries(boardMetrics, { model: 'model', model_id: 'model', gen_ai_request_model: 'model' })

const duration = 'llm_request_duration_seconds'
// `total` is the sum of input and output: including it would double every sum.
const parts = { type: ['input', 'output'] } as const

/** Model calls. The first row is "LLM API Usage" of the document. */
export const llmBoard: Board = {
  id: 'llm',
  title: 'Quipu · LLM',
  about: 'Model calls: traffic, duration, tokens and errors.',
  variables: [
    jobVariable(q.nameOf('llm_requests_total')),
    { name: 'model', label: 'Model', metric: q.nameOf('llm_requests_total'), from: 'model' },
  ],
  rows: [
    {
      title: 'LLM API usage',
      panels: [
        panel(
          'lines',
          'reqps',
          'Requests by model',
          'Model calls per second. A call counts once, with all its retries.',
          q.rate('llm_requests_total', { by: ['model'] }),
          { legend: '{{model}}' },
        ),
        panel(
          'stacked',
          'cps',
          'Tokens by model and type',
          'Tokens per second. Without the type `total`, which is the sum of input and output.',
          q.rate('llm_tokens_total', { by: ['model', 'type'], where: parts }),
          { legend: '{{model}} {{type}}' },
        ),
        heatmap('s', 'Request duration', 'Distribution of call durations.', q.buckets(duration)),
      ],
    },
    {
      title: 'Speed',
      panels: [
        panel(
          'lines',
          's',
          'p50 duration by model',
          '50 % of the calls are faster than this.',
          q.quantile(0.5, duration, { by: ['model'] }),
          { legend: '{{model}}' },
        ),
        panel(
          'lines',
          's',
          'p95 duration by model',
          '5 % of the calls are slower than this.',
          q.quantile(0.95, duration, { by: ['model'] }),
          { legend: '{{model}}', limit: objectives.llmLatencySeconds, alert: 'LLMLatencyHigh' },
        ),
        panel(
          'lines',
          's',
          'p95 time to first token',
          'Streamed calls: from the start of the call to its first output.',
          q.quantile(0.95, 'llm_time_to_first_token_seconds', { by: ['model'] }),
          { legend: '{{model}}' },
        ),
        panel(
          'lines',
          'short',
          'Calls in flight, mean',
          'Mean number of concurrent calls.',
          q.sumRate(duration, { by: ['model'] }),
          { legend: '{{model}}' },
        ),
        panel(
          'lines',
          'short',
          'Output tokens per second and call',
          'Speed of generation, including waiting.',
          `${q.rate('llm_tokens_total', { by: ['model'], where: { type: 'output' } })} / (${q.sumRate(duration, { by: ['model'] })} > 0)`,
          { legend: '{{model}}' },
        ),
        panel(
          'lines',
          'bytes',
          'Mean completion size',
          'UTF-8 bytes of output per call that had output.',
          q.mean('llm_completion_size_bytes', { by: ['model'] }),
          { legend: '{{model}}' },
        ),
      ],
    },
    {
      title: 'What fails',
      panels: [
        panel(
          'stacked',
          'opm',
          'Errors by type',
          'Failed calls per minute, without rate limits.',
          `60 * ${q.rate('llm_errors_total', { by: ['error_type'] })}`,
          { legend: '{{error_type}}' },
        ),
        panel(
          'lines',
          'percentunit',
          'Error ratio by model',
          'Share of failed calls, without rate limits. A model without errors is 0.',
          q.share({ metric: 'llm_errors_total' }, { metric: 'llm_requests_total' }, { by: ['model'] }),
          { legend: '{{model}}', limit: 1 - objectives.llmSuccess, alert: 'LLMErrorBudgetFastBurn' },
        ),
        panel(
          'lines',
          'percentunit',
          'Rate-limited share by model',
          'Share of calls that failed because of a rate limit.',
          q.share({ metric: 'llm_rate_limits_total' }, { metric: 'llm_requests_total' }, { by: ['model'] }),
          { legend: '{{model}}', limit: objectives.llmRateLimited, alert: 'LLMRateLimited' },
        ),
        panel(
          'stacked',
          'opm',
          'Retries by reason',
          'Attempts after the first, per minute, by the failure that caused them.',
          `60 * ${q.rate('llm_retries_total', { by: ['reason'] })}`,
          { legend: '{{reason}}' },
        ),
        panel(
          'stacked',
          'opm',
          'Streams by outcome',
          'Streamed calls per minute, by outcome.',
          `60 * ${q.rate('llm_stream_outcomes_total', { by: ['outcome'] })}`,
          { legend: '{{outcome}}' },
        ),
        panel(
          'lines',
          'percentunit',
          'Remaining rate limit',
          'Share of the limit that remained at the last call.',
          `${q.now('llm_ratelimit_remaining', { by: ['provider', 'model', 'kind'], fold: 'min' })} / (${q.now('llm_ratelimit_limit', { by: ['provider', 'model', 'kind'], fold: 'max' })} > 0)`,
          { legend: '{{model}} {{kind}}' },
        ),
      ],
    },
    {
      title: 'Tokens',
      panels: [
        panel(
          'lines',
          'short',
          'Tokens per call',
          'Mean input and output tokens of a call.',
          `${q.rate('llm_tokens_total', { by: ['model'], where: parts })} / (${q.rate('llm_requests_total', { by: ['model'] })} > 0)`,
          { legend: '{{model}}' },
        ),
        panel(
          'stacked',
          'cps',
          'Cached, reasoning and other parts',
          'Parts of the input and output tokens, per second.',
          q.rate('llm_token_details_total', { by: ['kind'] }),
          { legend: '{{kind}}' },
        ),
        panel(
          'ranking',
          'short',
          'Requests by endpoint',
          'Calls in the selected time range, by their name in the application.',
          top(10, q.increase('llm_requests_total', { by: ['endpoint'] })),
          { legend: '{{endpoint}}' },
        ),
      ],
    },
    {
      title: 'OpenTelemetry GenAI',
      panels: [
        panel(
          'lines',
          's',
          'p95 operation duration',
          'gen_ai.client.operation.duration by operation and model.',
          q.quantile(0.95, 'gen_ai.client.operation.duration', {
            by: ['gen_ai.operation.name', 'gen_ai.request.model'],
          }),
          { legend: '{{gen_ai_operation_name}} {{gen_ai_request_model}}' },
        ),
        panel(
          'lines',
          'reqps',
          'Operations by provider',
          'Observations of gen_ai.client.operation.duration per second.',
          q.rate('gen_ai.client.operation.duration', { by: ['gen_ai.provider.name'] }),
          { legend: '{{gen_ai_provider_name}}' },
        ),
        panel(
          'stacked',
          'cps',
          'Tokens by type',
          'Sum of gen_ai.client.token.usage per second.',
          q.sumRate('gen_ai.client.token.usage', { by: ['gen_ai.token.type'] }),
          { legend: '{{gen_ai_token_type}}' },
        ),
      ],
    },
  ],
}
