import { type Sample, sumOf } from './read-page.js'
import { table } from './table.js'

/** Metrics of the summary, the label of each, and the value of that label which is the total of the others. */
const shown: readonly (readonly [title: string, metric: string, label?: string, total?: string])[] = [
  ['requests', 'app_requests_total', 'endpoint'],
  ['request errors', 'app_errors_total', 'error_type'],
  ['active sessions', 'app_active_sessions'],
  ['logins', 'user_logins_total'],
  ['login failures', 'user_auth_failures_total', 'reason'],
  ['user actions', 'user_action_total', 'action_type'],
  ['features', 'feature_usage_total', 'feature_name'],
  ['model calls', 'llm_requests_total', 'endpoint'],
  ['tokens', 'llm_tokens_total', 'type', 'total'],
  ['model errors', 'llm_errors_total', 'error_type'],
  ['rate limits', 'llm_rate_limits_total', 'model'],
  ['streams', 'llm_stream_outcomes_total', 'outcome'],
  ['tool calls', 'aki_tool_usage_total', 'tool_name'],
]

/** Maximum number of values of a label that are listed by name. */
const MOST_LISTED = 6

/** Formats the main series of a page in a few lines: totals and their parts. */
export function summary(samples: readonly Sample[]): string {
  const rows = shown.map(([title, metric, label, total]) => {
    if (label === undefined) return [title, format(sumOf(samples, metric)), '']
    const sum = sumOf(samples, metric, total === undefined ? {} : { [label]: total })
    return [title, format(sum), partsOf(samples, metric, label, total)]
  })
  return table(['main series', 'total', 'made of'], rows)
}

function partsOf(samples: readonly Sample[], metric: string, label: string, total: string | undefined): string {
  const series = samples.filter((one) => one.metric === metric)
  const values = [...new Set(series.map(({ labels }) => labels[label] ?? ''))].filter((value) => value !== total)
  const sums = values.map((value) => [value, sumOf(samples, metric, { [label]: value })] as const)
  const largest = sums.sort(([, a], [, b]) => b - a).slice(0, MOST_LISTED)
  const more = sums.length > largest.length ? ' …' : ''
  return largest.map(([value, sum]) => `${value} ${format(sum)}`).join(' · ') + more
}

function format(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 })
}
