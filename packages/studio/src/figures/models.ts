import type { Series } from '../history/family.js'
import { growthOf } from '../history/growth.js'
import { distributionOf, quantileOf } from '../history/quantile.js'
import { type Moment, perMinute } from './moment.js'
import { firstFamily, type Group, groupBy, growth, level } from './select.js'
import { quantileSpark, rateSpark } from './spark.js'

/** A model in the table of models. */
export interface ModelRow {
  readonly model: string
  readonly perMinute: number
  /** Calls per second at each step; computed when drawn, because a table may have thousands of rows. */
  readonly spark: () => Float64Array
  readonly calls: number
  readonly p50: number
  readonly p95: number
  readonly p95Spark: () => Float64Array
  readonly errors: number
  readonly rateLimits: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Dollars; undefined without a price table. */
  readonly cost: number | undefined
  /** Calls without a response yet. */
  readonly waiting: number | undefined
}

/** The families of a figure, of which the first that the page has is read, each with its label of the model. */
type Source = readonly (readonly [family: string, label: string])[]

const CALLS: Source = [
  ['llm_requests', 'model'],
  ['gen_ai_client_operation_duration_seconds', 'gen_ai_request_model'],
  ['aki_model_usage', 'model_id'],
]
const DURATIONS: Source = [
  ['llm_request_duration_seconds', 'model'],
  ['gen_ai_client_operation_duration_seconds', 'gen_ai_request_model'],
]
const ERRORS: Source = [['llm_errors', 'model']]
const TOKENS: Source = [
  ['llm_tokens', 'model'],
  ['gen_ai_client_token_usage', 'gen_ai_request_model'],
]

const computed = new WeakMap<Moment, readonly ModelRow[]>()

/** Returns one row per called model, the most called first; computed once per moment. */
export function modelRows(moment: Moment): readonly ModelRow[] {
  const rows = computed.get(moment) ?? computeRows(moment)
  computed.set(moment, rows)
  return rows
}

function computeRows(moment: Moment): readonly ModelRow[] {
  const { history, span, minute } = moment
  const find = ([...sources]: Source): ReadonlyMap<string, readonly Series[]> => {
    const [name, label] = sources.find(([family]) => firstFamily(history, family) !== undefined) ?? []
    if (name === undefined || label === undefined) return new Map()
    return byValue(groupBy(history.families.get(name), [label]))
  }
  const [calls, durations, tokens] = [find(CALLS), find(DURATIONS), find(TOKENS)]
  const errors = find(ERRORS)
  const [limits, costs, open] = ['llm_rate_limits', 'llm_cost_usd', 'llm_open_calls'].map((name) =>
    find([[name, 'model']]),
  )
  return [...calls]
    .map(([model, series]): ModelRow => {
      const latency = distributionOf(durations.get(model) ?? [], span)
      const used = tokens.get(model) ?? []
      const cost = costs?.get(model)
      return {
        model,
        perMinute: perMinute(growth(series, minute), moment),
        spark: () => rateSpark(series, moment),
        calls: growth(series, span),
        p50: quantileOf(0.5, latency),
        p95: quantileOf(0.95, latency),
        p95Spark: () => quantileSpark(0.95, durations.get(model) ?? [], moment),
        errors: growth(errors.get(model) ?? failed(durations.get(model) ?? []), span),
        rateLimits: growth(limits?.get(model) ?? [], span),
        inputTokens: tokensOf(used, 'input', moment),
        outputTokens: tokensOf(used, 'output', moment),
        cost: cost && growth(cost, span),
        waiting: level(open?.get(model) ?? []),
      }
    })
    .sort((a, b) => b.calls - a.calls || a.model.localeCompare(b.model))
}

function byValue(groups: readonly Group[]): ReadonlyMap<string, readonly Series[]> {
  return new Map(groups.map(({ values: [value = ''], series }) => [value, series]))
}

/** Returns the series that OpenTelemetry's conventions mark as failed. */
function failed(series: readonly Series[]): readonly Series[] {
  return series.filter(({ labels }) => labels.has('error_type'))
}

/** Number of tokens: the value of a counter, the sum of a histogram. */
function tokensOf(series: readonly Series[], type: string, { span }: Moment): number {
  return series
    .filter(({ labels }) => (labels.get('type') ?? labels.get('gen_ai_token_type')) === type)
    .reduce((total, { value, sum }) => total + growthOf(sum ?? value, span), 0)
}
