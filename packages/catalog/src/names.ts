import type { MetricKind, MetricSpec, StandardVocabulary, Vocabulary } from './types.js'

/** The page of a metric: `standard` is `/metrics`, `custom` is `/custom_metrics`. */
export type PageKind = 'custom' | 'standard'

const standard: ReadonlySet<unknown> = new Set<StandardVocabulary>(['semconv', 'instrumentator', 'prom_client'])

/**
 * Returns whether the standard page renders this vocabulary. Never throws.
 *
 * @example
 * isStandard('semconv') // true
 */
export function isStandard(vocabulary: Vocabulary | undefined): vocabulary is StandardVocabulary {
  return standard.has(vocabulary)
}

/**
 * Returns the page that a metric is on. Never throws.
 *
 * @example
 * pageOf({ vocabulary: 'securetrack' }) // 'custom'
 */
export function pageOf({ vocabulary }: Pick<MetricSpec, 'vocabulary'>): PageKind {
  return isStandard(vocabulary) ? 'standard' : 'custom'
}

/** Names of a metric outside the process. */
export interface ExportedNames {
  /** Family name on a page, with `_total` for a counter. */
  readonly prometheus: string
  readonly otlp: string
  /** Name of the OTLP instrumentation scope. */
  readonly scope: string
}

/**
 * Returns the names under which a metric is exported. The page name follows OpenTelemetry's translation strategy
 * `UnderscoreEscapingWithSuffixes`; the OTLP name is the key.
 *
 * Aki's names are unchanged over OTLP, where they have their own scope. On pages they have the prefix `aki_`, because
 * Aki's `user_action` would collide with SecureTrack's `user_action_total`.
 *
 * @param key the metric's key in the catalogue
 * @param spec the metric's entry
 * @returns the family name, the OTLP name and the OTLP scope; never throws
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
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
 * Returns the Prometheus family name of a metric. The result equals that of the Collector's translator.
 *
 * @param name OTLP name
 * @param unit UCUM unit
 * @returns a valid name with its unit and suffix; never throws
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 * @example
 * toPrometheusName('http.server.request.duration', 'histogram', 's') // 'http_server_request_duration_seconds'
 */
export function toPrometheusName(name: string, kind: MetricKind, unit: string | undefined): string {
  const parts = name.split(/[^a-zA-Z0-9:]+/).filter(Boolean)
  for (const word of unitWords(unit ?? '')) if (!parts.includes(word.replace('per_', ''))) parts.push(word)
  const suffix = kind === 'counter' ? 'total' : kind === 'gauge' && unit === '1' ? 'ratio' : undefined
  const named = suffix === undefined ? parts : [...parts.filter((part) => part !== suffix), suffix]
  const joined = named.join('_')
  return /^[0-9]/.test(joined) ? `_${joined}` : joined
}

/**
 * Returns the name of a label on a page. Never throws.
 *
 * @example
 * labelNameOnPage('gen_ai.operation.name') // 'gen_ai_operation_name'
 */
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

/**
 * The words that a unit adds to a name: `By/s` → `bytes`, `per_second`. An annotation such as `{token}` adds no word.
 */
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
