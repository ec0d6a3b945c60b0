import type { Moment } from './moment.js'
import { groupBy, growth, level } from './select.js'

/** A condition of Quipu itself that affects its figures. */
export interface Finding {
  readonly kind: 'dropped' | 'folded' | 'failed' | 'unknown'
  readonly what: string
  readonly why: string
  readonly count: number
}

interface Rule {
  readonly family: string
  readonly kind: Finding['kind']
  /** The label of the subject, and the label of the reason. */
  readonly what: string
  readonly why: string | undefined
  readonly text: string
  readonly only?: (value: string) => boolean
}

const RULES: readonly Rule[] = [
  { family: 'quipu_dropped', kind: 'dropped', what: 'metric', why: 'reason', text: 'dropped' },
  { family: 'quipu_folded', kind: 'folded', what: 'metric', why: 'label', text: 'over its budget: counted as other' },
  { family: 'quipu_guard_catches', kind: 'failed', what: 'site', why: undefined, text: 'error caught' },
  { family: 'quipu_series_left_out', kind: 'dropped', what: 'metric', why: undefined, text: 'series not on the page' },
  { family: 'llm_price_unknown', kind: 'unknown', what: 'model', why: undefined, text: 'calls without a known price' },
  { family: 'llm_usage_missing', kind: 'unknown', what: 'model', why: 'reason', text: 'calls without token usage' },
  {
    family: 'quipu_exports',
    kind: 'failed',
    what: 'exporter',
    why: 'outcome',
    text: 'export',
    only: (outcome) => outcome === 'failed' || outcome === 'partial',
  },
  {
    family: 'quipu_export_points',
    kind: 'dropped',
    what: 'exporter',
    why: 'outcome',
    text: 'points',
    only: (outcome) => outcome === 'dropped' || outcome === 'rejected',
  },
  {
    family: 'quipu_activity_lines',
    kind: 'failed',
    what: 'outcome',
    why: undefined,
    text: '[METRIC] lines not written',
    only: (outcome) => outcome !== 'written',
  },
]

/** Dropped, folded, unsent and unknown values, the largest first. */
export function findings({ history, span }: Moment): readonly Finding[] {
  return RULES.flatMap(({ family, kind, what, why, text, only }) =>
    groupBy(history.families.get(family), why === undefined ? [what] : [what, why])
      .filter(({ values }) => only === undefined || only(values.at(-1) ?? ''))
      .map(
        ({ values: [name = '', reason], series }): Finding => ({
          kind,
          what: name,
          why: reason === undefined ? text : `${text}: ${reason}`,
          count: growth(series, span),
        }),
      )
      .filter(({ count }) => count > 0),
  ).sort((a, b) => b.count - a.count)
}

/** A metric and its number of series. */
export interface SeriesCount {
  readonly metric: string
  readonly series: number
}

/** The metrics with the most series, by Quipu's own count. */
export function seriesCounts({ history }: Moment): readonly SeriesCount[] {
  return groupBy(history.families.get('quipu_series'), ['metric'])
    .map(({ values: [metric = ''], series }) => ({ metric, series: level(series) ?? 0 }))
    .sort((a, b) => b.series - a.series)
}

/** A library, source or framework of the application, and whether it is observed. */
export interface Instrumentation {
  readonly kind: string
  readonly name: string
  readonly status: string
}

/** Libraries, sources and frameworks, in the page's order. */
export function instrumentations({ history }: Moment): readonly Instrumentation[] {
  return groupBy(history.families.get('quipu_instrumentation'), ['kind', 'name', 'status'])
    .concat(groupBy(history.families.get('quipu_instrumentation_info'), ['kind', 'name', 'status']))
    .filter(({ series }) => (level(series) ?? 0) > 0)
    .map(({ values: [kind = '', name = '', status = ''] }) => ({ kind, name, status }))
}
