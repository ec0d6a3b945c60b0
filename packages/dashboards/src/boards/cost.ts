import { objectives } from '../catalogue/objectives.js'
import { type Board, panel } from '../model/board.js'
import { top } from '../promql/queries.js'
import { jobVariable, q } from './scope.js'

const tokens = { where: { type: ['input', 'output'] } } as const

/** Cost of model calls, and the remaining budgets. */
export const costBoard: Board = {
  id: 'cost',
  title: 'Quipu · Cost and budgets',
  about: 'Dollars, tokens, and the daily budgets. Calls of models without a price are counted separately.',
  variables: [jobVariable(q.nameOf('llm_tokens_total'))],
  rows: [
    {
      title: 'Today',
      panels: [
        panel(
          'number',
          'currencyUSD',
          'Cost, 24 hours',
          'What providers report, and what the prices give for the other calls.',
          q.increase('llm_cost_usd_total', { over: '1d' }),
          {
            limit: objectives.dollarsPerDay,
            alert: 'CostBudgetSpent',
          },
        ),
        panel(
          'number',
          'percentunit',
          'Cost budget spent',
          'Share of the daily budget.',
          `${q.increase('llm_cost_usd_total', { over: '1d' })} / ${objectives.dollarsPerDay}`,
          { limit: 1 },
        ),
        panel(
          'number',
          'short',
          'Tokens, 24 hours',
          'Input and output tokens.',
          q.increase('llm_tokens_total', { ...tokens, over: '1d' }),
          {
            limit: objectives.tokensPerDay,
            alert: 'TokenBudgetSpent',
          },
        ),
        panel(
          'number',
          'percentunit',
          'Token budget spent',
          'Share of the daily budget.',
          `${q.increase('llm_tokens_total', { ...tokens, over: '1d' })} / ${objectives.tokensPerDay}`,
          { limit: 1 },
        ),
      ],
    },
    {
      title: 'Cost and tokens by source',
      panels: [
        panel(
          'stacked',
          'currencyUSD',
          'Cost an hour by model',
          'Dollars per hour at the current rate.',
          `3600 * ${q.rate('llm_cost_usd_total', { by: ['model'] })}`,
          { legend: '{{model}}' },
        ),
        panel(
          'stacked',
          'currencyUSD',
          'Cost an hour by type',
          'Dollars per hour of input, cache, output; `all` where the provider reports only the sum.',
          `3600 * ${q.rate('llm_cost_usd_total', { by: ['type', 'source'] })}`,
          { legend: '{{type}} ({{source}})' },
        ),
        panel(
          'lines',
          'currencyUSD',
          'Cost per call',
          'Mean dollars per call.',
          `${q.rate('llm_cost_usd_total', { by: ['model'] })} / (${q.rate('llm_requests_total', { by: ['model'] })} > 0)`,
          { legend: '{{model}}' },
        ),
        panel(
          'ranking',
          'currencyUSD',
          'Cost by feature and model',
          'Dollars in the selected time range, by attributed feature.',
          top(10, q.increase('llm_feature_cost_usd_total', { by: ['feature', 'model'] })),
          { legend: '{{feature}} {{model}}' },
        ),
        panel(
          'ranking',
          'short',
          'Tokens by feature and model',
          'Tokens attributed to features, in the selected time range.',
          top(10, q.increase('llm_feature_tokens_total', { by: ['feature', 'model'] })),
          { legend: '{{feature}} {{model}}', alert: 'FeatureTokenBudgetSpent' },
        ),
        panel(
          'ranking',
          'short',
          'Tokens by user',
          'Tokens in the selected time range, by pseudonym; empty unless `tokensByUser` is on.',
          top(10, q.increase('llm_tokens_by_user_total', { by: ['user_id'] })),
          { legend: '{{user_id}}' },
        ),
      ],
    },
    {
      title: 'Missing from these numbers',
      panels: [
        panel(
          'ranking',
          'short',
          'Calls without a price',
          'Calls of models without a price, in the selected time range.',
          q.increase('llm_price_unknown_total', { by: ['model'] }),
          { legend: '{{model}}' },
        ),
        panel(
          'ranking',
          'short',
          'Calls without usage',
          'Calls of unknown token usage, in the selected time range.',
          q.increase('llm_usage_missing_total', { by: ['reason'] }),
          { legend: '{{reason}}' },
        ),
      ],
    },
  ],
}
