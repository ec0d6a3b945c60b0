import type { Series } from '../history/family.js'
import { distributionOf, quantileOf } from '../history/quantile.js'
import { type Moment, perMinute } from './moment.js'
import { firstFamily, groupBy, growth } from './select.js'
import { rateSpark } from './spark.js'

/** A row of the tables of features, tools and actions. */
export interface UseRow {
  readonly name: string
  readonly perMinute: number
  /** Calls per second at each step; computed when drawn, because a table may have thousands of rows. */
  readonly spark: () => Float64Array
  readonly uses: number
  readonly p95: number
  readonly errors: number
  /** Tokens of attributed model calls; undefined without attribution. */
  readonly tokens: number | undefined
}

type Source = readonly [family: string, label: string]

interface Sources {
  /** The first one on the page is read. */
  readonly uses: readonly Source[]
  readonly durations?: Source
  readonly errors?: Source
  readonly tokens?: Source
}

const FEATURES: Sources = {
  uses: [
    ['feature_usage', 'feature_name'],
    ['llm_feature_requests', 'feature'],
  ],
  durations: ['feature_duration_seconds', 'feature_name'],
  errors: ['feature_errors', 'feature_name'],
  tokens: ['llm_feature_tokens', 'feature'],
}
const TOOLS: Sources = {
  uses: [
    ['gen_ai_execute_tool_duration_seconds', 'gen_ai_tool_name'],
    ['aki_tool_usage', 'tool_name'],
  ],
  durations: ['gen_ai_execute_tool_duration_seconds', 'gen_ai_tool_name'],
}
const ACTIONS: Sources = {
  uses: [['user_action', 'action_type']],
  durations: ['user_action_duration_seconds', 'action_type'],
}

export const featureRows = (moment: Moment): readonly UseRow[] => useRows(FEATURES, moment)
export const toolRows = (moment: Moment): readonly UseRow[] => useRows(TOOLS, moment)
export const actionRows = (moment: Moment): readonly UseRow[] => useRows(ACTIONS, moment)

/** Returns one row per value, the most used first. */
function useRows({ uses, durations, errors, tokens }: Sources, moment: Moment): readonly UseRow[] {
  const { history, span, minute } = moment
  const source = uses.find(([family]) => firstFamily(history, family) !== undefined)
  if (source === undefined) return []
  const find = (from: Source | undefined): ReadonlyMap<string, readonly Series[]> =>
    new Map(
      (from === undefined ? [] : groupBy(history.families.get(from[0]), [from[1]])).map(
        ({ values: [value = ''], series }) => [value, series],
      ),
    )
  const [used, timed, wrong, spent] = [find(source), find(durations), find(errors), find(tokens)]
  return [...used]
    .map(([name, series]): UseRow => {
      const failed = wrong.get(name) ?? series.filter(({ labels }) => labels.has('error_type'))
      const own = spent.get(name)
      return {
        name,
        perMinute: perMinute(growth(series, minute), moment),
        spark: () => rateSpark(series, moment),
        uses: growth(series, span),
        p95: quantileOf(0.95, distributionOf(timed.get(name) ?? [], span)),
        errors: growth(failed, span),
        tokens: own && growth(own, span),
      }
    })
    .sort((a, b) => b.uses - a.uses || a.name.localeCompare(b.name))
}
