import type { Counter, PageHistory } from './page-history.js'

/** A metric and the label that names its row. */
type Source = readonly [metric: string, label: string]

/** A table of the screen. It reads the first of several sources that the page has. */
interface Panel {
  readonly title: string
  readonly uses: readonly Source[]
  /** Histograms of seconds. */
  readonly durations?: readonly Source[]
  readonly errors?: readonly Source[]
  readonly tokens?: readonly Source[]
  readonly dollars?: readonly Source[]
}

/** The panels, in their order on the screen. */
export const panels: readonly Panel[] = [
  {
    title: 'Models',
    uses: [
      ['llm_requests_total', 'model'],
      ['gen_ai_client_operation_duration_seconds_count', 'gen_ai_request_model'],
      ['aki_model_usage_total', 'model_id'],
    ],
    durations: [
      ['llm_request_duration_seconds', 'model'],
      ['gen_ai_client_operation_duration_seconds', 'gen_ai_request_model'],
    ],
    errors: [['llm_errors_total', 'model']],
    tokens: [
      ['llm_tokens_total', 'model'],
      ['gen_ai_client_token_usage_sum', 'gen_ai_request_model'],
    ],
    dollars: [['llm_cost_usd_total', 'model']],
  },
  {
    title: 'Routes',
    uses: [
      ['app_requests_total', 'endpoint'],
      ['http_server_request_duration_seconds_count', 'http_route'],
      ['http_requests_total', 'handler'],
    ],
    durations: [
      ['app_request_duration_seconds', 'endpoint'],
      ['http_server_request_duration_seconds', 'http_route'],
      ['http_request_duration_seconds', 'handler'],
    ],
    errors: [['app_errors_total', 'endpoint']],
  },
  {
    title: 'Features',
    uses: [
      ['feature_usage_total', 'feature_name'],
      ['llm_feature_requests_total', 'feature'],
    ],
    durations: [['feature_duration_seconds', 'feature_name']],
    errors: [['feature_errors_total', 'feature_name']],
    tokens: [['llm_feature_tokens_total', 'feature']],
    dollars: [['llm_feature_cost_usd_total', 'feature']],
  },
  { title: 'Users', uses: [['activity_lines_by_user_total', 'user']] },
  { title: 'User actions', uses: [['user_action_total', 'action_type']] },
  {
    title: 'Tools',
    uses: [
      ['aki_tool_usage_total', 'tool_name'],
      ['gen_ai_execute_tool_duration_seconds_count', 'gen_ai_tool_name'],
    ],
    durations: [['gen_ai_execute_tool_duration_seconds', 'gen_ai_tool_name']],
  },
  { title: 'Events', uses: [['activity_events_total', 'event']] },
]

/** A row of a panel. A figure is undefined if the page does not have it. */
export interface Row {
  readonly name: string
  readonly total: number
  readonly perMinute: number | undefined
  readonly p95Seconds: number | undefined
  readonly errors: number | undefined
  readonly tokens: number | undefined
  readonly dollars: number | undefined
}

/** The rows of a panel, the busiest first. */
export function readPanel(panel: Panel, history: PageHistory): readonly Row[] {
  const uses = grouped(panel.uses, history)
  const durations = grouped(
    panel.durations?.map(([metric, label]) => [`${metric}_bucket`, label]),
    history,
  )
  const [errors, tokens, dollars] = [panel.errors, panel.tokens, panel.dollars].map((of) => grouped(of, history))
  const rows = [...(uses ?? [])].map(([name, counters]): Row & { readonly growth: number } => {
    const growth = sum(counters.map((counter) => counter.growth))
    return {
      name,
      growth,
      total: sum(counters.map(({ value }) => value)),
      perMinute: history.spanMs === 0 ? undefined : (growth / history.spanMs) * 60_000,
      p95Seconds: quantile(0.95, durations?.get(name) ?? []),
      errors: errors && total(errors.get(name)),
      tokens: tokens && total(tokens.get(name)?.filter(({ labels }) => labels.type !== 'total')),
      dollars: dollars && total(dollars.get(name)),
    }
  })
  return rows.sort((a, b) => b.growth - a.growth || b.total - a.total || (a.name < b.name ? -1 : 1))
}

type Groups = ReadonlyMap<string, readonly Counter[]>

function grouped(sources: readonly Source[] | undefined, history: PageHistory): Groups | undefined {
  const source = sources?.find(([metric]) => history.samples(metric).length > 0)
  if (source === undefined) return undefined
  const groups = new Map<string, Counter[]>()
  for (const counter of history.samples(source[0])) {
    const name = counter.labels[source[1]] ?? ''
    groups.set(name, [...(groups.get(name) ?? []), counter])
  }
  return groups
}

function total(counters: readonly Counter[] | undefined): number {
  return sum((counters ?? []).map(({ value }) => value))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((before, number) => before + number, 0)
}

/** A quantile of cumulative buckets: of the last minute, or of all time if nothing was recorded in it. */
function quantile(of: number, buckets: readonly Counter[]): number | undefined {
  const isRecent = buckets.some(({ growth }) => growth > 0)
  const counts = new Map<number, number>()
  for (const { labels, value, growth } of buckets) {
    const bound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le)
    counts.set(bound, (counts.get(bound) ?? 0) + (isRecent ? growth : value))
  }
  const sorted = [...counts].sort(([a], [b]) => a - b)
  const rank = of * (sorted.at(-1)?.[1] ?? 0)
  if (!(rank > 0)) return undefined
  let [lowerBound, lowerCount] = [0, 0]
  for (const [bound, count] of sorted) {
    if (count >= rank) {
      if (bound === Number.POSITIVE_INFINITY) return lowerBound
      return lowerBound + ((bound - lowerBound) * (rank - lowerCount)) / (count - lowerCount)
    }
    lowerBound = bound
    lowerCount = count
  }
  return undefined
}
