import { type Sample, sumOf } from './read-page.js'
import { table } from './table.js'

/** Metrics of the summary, and the label that each is shown by. */
const shown: readonly (readonly [title: string, metric: string, label?: string])[] = [
  ['requests', 'app_requests_total', 'endpoint'],
  ['request errors', 'app_errors_total', 'error_type'],
  ['active sessions', 'app_active_sessions'],
  ['logins', 'user_logins_total'],
  ['login failures', 'user_auth_failures_total', 'reason'],
  ['user actions', 'user_action_total', 'action_type'],
  ['features', 'feature_usage_total', 'feature_name'],
  ['model calls', 'llm_requests_total', 'endpoint'],
  ['tokens', 'llm_tokens_total', 'type'],
  ['model errors', 'llm_errors_total', 'error_type'],
  ['rate limits', 'llm_rate_limits_total', 'model'],
  ['streams', 'llm_stream_outcomes_total', 'outcome'],
  ['tool calls', 'aki_tool_usage_total', 'tool_name'],
]

/** How many values of a label are listed by name. */
const MOST_LISTED = 6

/** The main series of a page in a few lines: totals, and what they are made of. */
export function summary(samples: readonly Sample[]): string {
  const rows = shown.map(([title, metric, label]) => {
    const parts = label === undefined ? '' : partsOf(samples, metric, label)
    return [`${title.padEnd(16)} ${parts}`, format(sumOf(samples, metric))]
  })
  return table(['main series', 'total'], rows)
}

function partsOf(samples: readonly Sample[], metric: string, label: string): string {
  const values = [...new Set(samples.filter((one) => one.metric === metric).map(({ labels }) => labels[label] ?? ''))]
  const sums = values.map((value) => [value, sumOf(samples, metric, { [label]: value })] as const)
  const largest = sums.sort(([, a], [, b]) => b - a).slice(0, MOST_LISTED)
  const more = sums.length > largest.length ? ' …' : ''
  return largest.map(([value, sum]) => `${value} ${format(sum)}`).join(' · ') + more
}

function format(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 })
}
