import { type Board, panel } from '../model/board.js'
import { top } from '../promql/queries.js'
import { jobVariable, q } from './scope.js'

const byModel = { by: ['model_id'] } as const
const legend = '{{model_id}}'

/** Aki's usage metrics, from a scraped page (`aki_…`) or from OTLP (the document's own names). */
export const akiBoard: Board = {
  id: 'aki',
  title: 'Quipu · Aki',
  about: "Aki's usage metrics, scraped or received over OTLP.",
  variables: [jobVariable(q.nameOf('model_usage'))],
  rows: [
    {
      title: 'Users and actions',
      panels: [
        panel(
          'number',
          'short',
          'Active users',
          'Number of distinct installations.',
          q.now('aki_active_users', { fold: 'max' }),
        ),
        panel(
          'lines',
          'opm',
          'Actions by type',
          'Actions per minute.',
          `60 * ${q.rate('user_action', { by: ['action_type'] })}`,
          { legend: '{{action_type}}' },
        ),
        panel(
          'ranking',
          'short',
          'Actions by profile',
          'Actions in the selected time range.',
          top(10, q.increase('user_action', { by: ['profile_name'] })),
          { legend: '{{profile_name}}' },
        ),
      ],
    },
    {
      title: 'Models',
      panels: [
        panel(
          'stacked',
          'cps',
          'Tokens',
          'Input and output tokens per second, over all models.',
          `label_replace(${q.rate('token_input')}, "type", "input", "", "") or label_replace(${q.rate('token_output')}, "type", "output", "", "")`,
          { legend: '{{type}}' },
        ),
        panel(
          'ranking',
          'short',
          'Model usage',
          'Calls in the selected time range.',
          top(10, q.increase('model_usage', byModel)),
          {
            legend,
          },
        ),
        panel(
          'lines',
          'ms',
          'p95 execution time',
          '5 % of the calls are slower than this.',
          q.quantile(0.95, 'execution_time', byModel),
          {
            legend,
          },
        ),
        panel(
          'lines',
          'percentunit',
          'Stop share',
          'Responses that users stopped, as a share of their messages.',
          q.share(
            { metric: 'user_action', where: { action_type: 'stop' } },
            { metric: 'user_action', where: { action_type: 'message' } },
          ),
          { legend: 'stopped' },
        ),
        panel(
          'lines',
          'opm',
          'Tool usage',
          'Tool calls per minute.',
          `60 * ${q.rate('tool_usage', { by: ['tool_name'] })}`,
          {
            legend: '{{tool_name}}',
          },
        ),
      ],
    },
  ],
}
