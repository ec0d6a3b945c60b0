import type { RecordingRule } from './rule.js'
import { q } from './scope.js'

/** The windows of burn rates. */
export const burnWindows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const

/** Name of the recorded share of failed model calls over a window. */
export function errorRatio(window: (typeof burnWindows)[number]): string {
  return `job:llm_errors:ratio_rate${window}`
}

/** Name of the recorded tokens per second by model. */
export const tokenRate = 'job_model:llm_tokens:rate5m'

/** Expressions that several alerts and boards use. */
export const recordings: readonly RecordingRule[] = [
  ...burnWindows.map((over) => ({
    record: errorRatio(over),
    expr: q.share({ metric: 'llm_errors_total' }, { metric: 'llm_requests_total' }, { over }),
  })),
  { record: tokenRate, expr: q.rate('llm_tokens_total', { by: ['model'], where: { type: ['input', 'output'] } }) },
]

/** The labels of each recording rule. */
export const recordedLabels: ReadonlyMap<string, readonly string[]> = new Map(
  recordings.map(({ record }) => [record, record === tokenRate ? ['job', 'model'] : ['job']]),
)
