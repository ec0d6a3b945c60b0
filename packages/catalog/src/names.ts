import type { MetricKind, MetricSpec, StandardVocabulary, Vocabulary } from './types.js'

/** The page that a metric is on: `standard` is `/metrics`, `custom` is `/custom_metrics`. */
export type PageKind = 'custom' | 'standard'

const standard: ReadonlySet<unknown> = new Set<StandardVocabulary>(['semconv', 'instrumentator', 'prom_client'])

/** Whether the standard page speaks this vocabulary. */
export function isStandard(vocabulary: Vocabulary | undefined): vocabulary is StandardVocabulary {
  return standard.has(vocabulary)
}

/** The page that a metric is on. */
export function pageOf({ vocabulary }: Pick<MetricSpec, 'vocabulary'>): PageKind {
  return isStandard(vocabulary) ? 'standard' : 'custom'
}

/** What a metric is called outside the process. */
export interface ExportedNames {
  /** Family name on a page; a counter's ends in `_total`. */
  readonly prometheus: string
  readonly otlp: string
  /** Name of the OTLP instrumentation scope. */
  readonly scope: string
}

/**
 * The names under which a metric is exported. The page name follows OpenTelemetry's translation strategy
 * `UnderscoreEscapingWithSuffixes`; the OTLP name is the key as it is written.
 *
 * Aki's names are verbatim over OTLP, in a scope of their own, and have the prefix `aki_` on pages: its `user_action`
 * would else be SecureTrack's `user_action_total` (T1).
 *
 * @example
 * exportedNames('gen_ai.client.operation.duration', { kind: 'histogram', unit: 's', help: '…' }).prometheus
 * // 'gen_ai_client_operation_duration_seconds'
 */
export function exportedNames(key: string, spec: MetricSpec): ExportedNames {
  const { kind, unit, vocabulary } = spec
  const onPage = vocabulary === 'aki' && !key.startsWith('aki_') ? `aki_${key}` : key
  return {
    prometheus: spec.prometheusName ?? toPrometheusName(onPage, kind, unit),
    otlp: spec.otlpName ?? key,
    scope: vocabulary === 'self' ? 'quipu' : `quipu.${vocabulary === 'quipu' ? 'llm' : (vocabulary ?? 'app')}`,
  }
}

/**
 * The family name that the OpenTelemetry naming rules make of a name, a kind and a unit
 * (compatibility specification, "OTLP Metric points to Prometheus"; same result as the Collector's translator).
 */
export function toPrometheusName(name: string, kind: MetricKind, unit: string | undefined): string {
  const parts = name.split(/[^a-zA-Z0-9:]+/).filter(Boolean)
  for (const word of unitWords(unit ?? '')) if (!parts.includes(word.replace('per_', ''))) parts.push(word)
  const suffix = kind === 'counter' ? 'total' : kind === 'gauge' && unit === '1' ? 'ratio' : undefined
  const named = suffix === undefined ? parts : [...parts.filter((part) => part !== suffix), suffix]
  const joined = named.join('_')
  return /^[0-9]/.test(joined) ? `_${joined}` : joined
}

/** A label's name on a page: `gen_ai.operation.name` → `gen_ai_operation_name`. */
export function labelNameOnPage(name: string): string {
  const escaped = name.replace(/[^a-zA-Z0-9_]/g, '_')
  return /^[0-9]/.test(escaped) ? `key_${escaped}` : escaped
}

const words: { readonly [unit: string]: string } = {
  // time
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  // bytes
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  TiBy: 'tibibytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  // SI
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  // others
  Cel: 'celsius',
  Hz: 'hertz',
  '1': '',
  '%': 'percent',
}

const perWords: { readonly [unit: string]: string } = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
}

/** The words a unit adds to a name: `By/s` → `bytes`, `per_second`; an annotation such as `{token}` adds none. */
function unitWords(unit: string): readonly string[] {
  const slash = unit.indexOf('/')
  const main = slash < 0 ? unit : unit.slice(0, slash)
  const per = slash < 0 ? '' : unit.slice(slash + 1)
  const perWord = toWord(per, perWords)
  return [toWord(main, words), perWord && `per_${perWord}`].filter(Boolean)
}

function toWord(unit: string, table: { readonly [unit: string]: string }): string {
  const trimmed = unit.trim()
  if (/[{}]/.test(trimmed)) return ''
  const word = Object.hasOwn(table, trimmed) ? table[trimmed]! : trimmed
  return word.replace(/[^a-zA-Z0-9]+/g, '_').replace(/^_|_$/g, '')
}
