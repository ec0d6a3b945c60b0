import { objectives } from '../catalogue/objectives.js'
import { type Board, panel } from '../model/board.js'
import { top } from '../promql/queries.js'
import { jobVariable, q } from './scope.js'

const by = ['feature_name'] as const
const legend = '{{feature_name}}'

/** Features. The first row is "Feature Usage" of the document. */
export const featuresBoard: Board = {
  id: 'features',
  title: 'Quipu · Features',
  about: 'Use, duration and errors of features.',
  variables: [jobVariable(q.nameOf('feature_usage_total'))],
  rows: [
    {
      title: 'Feature usage',
      panels: [
        panel(
          'ranking',
          'short',
          'Top features',
          'Uses in the selected time range.',
          top(10, q.increase('feature_usage_total', { by })),
          { legend },
        ),
        panel(
          'lines',
          's',
          'Mean execution time',
          'Mean duration of a use.',
          q.mean('feature_duration_seconds', { by }),
          {
            legend,
          },
        ),
        panel(
          'lines',
          'percentunit',
          'Error rate',
          'Share of failed uses. A feature without errors is 0. feature_errors_total has a label that ' +
            'feature_usage_total lacks, so both are summed by feature first.',
          q.share({ metric: 'feature_errors_total' }, { metric: 'feature_usage_total' }, { by }),
          { legend, limit: objectives.featureErrors, alert: 'FeatureErrorsHigh' },
        ),
      ],
    },
    {
      title: 'In detail',
      panels: [
        panel('lines', 'opm', 'Uses', 'Uses per minute.', `60 * ${q.rate('feature_usage_total', { by })}`, { legend }),
        panel(
          'lines',
          's',
          'p95 execution time',
          '5 % of the uses are slower than this.',
          q.quantile(0.95, 'feature_duration_seconds', { by }),
          { legend },
        ),
        panel(
          'ranking',
          'short',
          'Errors by feature and type',
          'Failed uses in the selected time range.',
          top(10, q.increase('feature_errors_total', { by: ['feature_name', 'error_type'] })),
          { legend: '{{feature_name}} {{error_type}}' },
        ),
      ],
    },
    {
      title: 'Model calls by feature',
      panels: [
        panel(
          'lines',
          'opm',
          'Model calls by feature',
          'Calls per minute that are attributed to a feature.',
          `60 * ${q.rate('llm_feature_requests_total', { by: ['feature'] })}`,
          { legend: '{{feature}}' },
        ),
        panel(
          'ranking',
          'short',
          'Tokens by feature',
          'Input and output tokens in the selected time range.',
          top(10, q.increase('llm_feature_tokens_total', { by: ['feature'] })),
          { legend: '{{feature}}', limit: objectives.featureTokensPerDay, alert: 'FeatureTokenBudgetSpent' },
        ),
      ],
    },
  ],
}
