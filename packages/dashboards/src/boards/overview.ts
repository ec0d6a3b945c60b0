import { objectives } from '../catalogue/objectives.js'
import { type Board, panel } from '../model/board.js'
import { top } from '../promql/queries.js'
import { jobVariable, q } from './scope.js'

/** The overview, with links to the detailed boards. */
export const overviewBoard: Board = {
  id: 'overview',
  title: 'Quipu · Overview',
  about: 'Overview: model calls, durations, errors, cost and sessions.',
  variables: [jobVariable(q.nameOf('app_requests_total'))],
  rows: [
    {
      title: 'Now',
      panels: [
        panel('number', 'reqps', 'Model calls', 'Model calls per second.', q.rate('llm_requests_total')),
        panel(
          'number',
          'percentunit',
          'Failed model calls',
          'Share of failed model calls, without rate limits.',
          q.share({ metric: 'llm_errors_total' }, { metric: 'llm_requests_total' }),
          { limit: 1 - objectives.llmSuccess, alert: 'LLMErrorBudgetFastBurn' },
        ),
        panel(
          'number',
          's',
          'p95 model call',
          '5 % of the calls are slower than this.',
          q.quantile(0.95, 'llm_request_duration_seconds'),
          {
            limit: objectives.llmLatencySeconds,
          },
        ),
        panel(
          'number',
          'short',
          'Tokens',
          'Input and output tokens in the selected time range.',
          q.increase('llm_tokens_total', { where: { type: ['input', 'output'] } }),
        ),
        panel('number', 'currencyUSD', 'Cost', 'Dollars in the selected time range.', q.increase('llm_cost_usd_total')),
        panel('number', 'short', 'Sessions', 'Sessions open now.', q.now('app_active_sessions')),
      ],
    },
    {
      title: 'Models and application',
      panels: [
        panel(
          'lines',
          'reqps',
          'Model calls by model',
          'Calls per second.',
          q.rate('llm_requests_total', { by: ['model'] }),
          {
            legend: '{{model}}',
          },
        ),
        panel(
          'stacked',
          'reqps',
          'Requests by status',
          'Requests of the application per second.',
          q.rate('app_requests_total', { by: ['status_code'] }),
          { legend: '{{status_code}}' },
        ),
        panel(
          'lines',
          's',
          'p95 request by endpoint',
          'The ten slowest routes.',
          top(10, q.quantile(0.95, 'app_request_duration_seconds', { by: ['endpoint'] })),
          { legend: '{{endpoint}}', limit: objectives.appLatencySeconds },
        ),
      ],
    },
    {
      title: 'Use and failures',
      panels: [
        panel(
          'ranking',
          'short',
          'Top features',
          'Uses in the selected time range.',
          top(8, q.increase('feature_usage_total', { by: ['feature_name'] })),
          {
            legend: '{{feature_name}}',
          },
        ),
        panel(
          'ranking',
          'short',
          'Model errors by type',
          'Failed calls in the selected time range.',
          q.increase('llm_errors_total', { by: ['error_type'] }),
          { legend: '{{error_type}}' },
        ),
        panel(
          'ranking',
          'short',
          'Request errors by endpoint',
          'Requests answered with 4xx or 5xx in the selected time range.',
          top(8, q.increase('app_errors_total', { by: ['endpoint', 'error_type'] })),
          { legend: '{{endpoint}} {{error_type}}' },
        ),
      ],
    },
  ],
}
