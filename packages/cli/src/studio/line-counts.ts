import type { ActivityRecord } from '../lines/activity-record.js'

/** Counts lines under the metrics of the same observations. */
export interface LineCounts {
  add(record: ActivityRecord): void
  /** The counts in the Prometheus text format 0.0.4. */
  page(): string
}

interface Metric {
  readonly name: string
  readonly help: string
  /** Counted events, with the field of each that becomes the label. */
  readonly events: readonly string[]
  readonly label: string
  readonly field: string
}

const METRICS: readonly Metric[] = [
  { name: 'llm_requests_total', help: 'Model calls', events: ['llm_call'], label: 'model', field: 'model' },
  {
    name: 'aki_tool_usage_total',
    help: 'Tool calls',
    events: ['tool_call', 'tool_error'],
    label: 'tool_name',
    field: 'tool_name',
  },
  { name: 'app_errors_total', help: 'Errors', events: ['error'], label: 'error_type', field: 'error_type' },
]

/** Maximum number of distinguished values of a label; further ones are counted as `other`. */
const MOST_VALUES = 500

/** Creates empty counts. */
export function createLineCounts(): LineCounts {
  const events = createCounter('activity_events_total', '[METRIC] lines by event', 'event')
  const users = createCounter('activity_lines_by_user_total', '[METRIC] lines by user', 'user')
  const metrics = METRICS.map((metric) => ({
    ...metric,
    counter: createCounter(metric.name, `${metric.help}, counted from lines`, metric.label),
  }))
  return {
    add({ event, user, fields }) {
      events.add(event)
      users.add(user ?? 'unknown')
      for (const metric of metrics) {
        if (metric.events.includes(event)) metric.counter.add(String(fields[metric.field] ?? 'unknown'))
      }
    },
    page: () => [events, users, ...metrics.map(({ counter }) => counter)].map((counter) => counter.text()).join(''),
  }
}

function createCounter(name: string, help: string, label: string) {
  const counts = new Map<string, number>()
  return {
    add(value: string): void {
      const key = counts.has(value) || counts.size < MOST_VALUES ? value : 'other'
      counts.set(key, (counts.get(key) ?? 0) + 1)
    },
    text(): string {
      const samples = Array.from(counts, ([value, count]) => `${name}{${label}=${quoted(value)}} ${count}\n`)
      return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${samples.join('')}`
    },
  }
}

function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}
