import { builtinCatalog, type LabelClass, type LabelSpec, type MetricSpec } from '@quipu/catalog'
import { createRecorder, type Recorder } from '@quipu/core'
import { metricNames } from './metric-names.js'

/** One series of one metric, with its recorded values. */
export interface RecordedSeries {
  readonly metric: string
  readonly spec: MetricSpec
  /** Under the catalogue's label names. */
  readonly labels: Readonly<Record<string, string>>
  readonly values: readonly number[]
}

/** A number as a query returns it. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/**
 * The way of samples to the queried system:
 * - `page`: scraped from `/custom_metrics`
 * - `standard-page`: scraped from `/metrics`
 * - `collector`: sent through the repository's Collector, whose page has the same names
 * - `otlp`: sent to a server that converts names to Prometheus names
 * - `otlp-names`: sent to a server that keeps OTLP's names, also of labels
 */
export type Way = 'page' | 'standard-page' | 'collector' | 'otlp' | 'otlp-names'

/** Quipu's self-metrics change with every reading; the tests of this folder exclude them. */
const specs: readonly (readonly [string, MetricSpec])[] = Object.entries<MetricSpec>(builtinCatalog.metrics).filter(
  ([, spec]) => spec.vocabulary !== 'self',
)

/** Metrics that `start()` and `shutdown()` record themselves: start and end of the application (K18, K19). */
export const lifecycle: Readonly<Record<'start' | 'end', RecordedSeries>> = {
  start: lifecycleSeries('app_startup'),
  end: lifecycleSeries('app_shutdown'),
}

function lifecycleSeries(action_type: string): RecordedSeries {
  const labels = { action_type, profile_name: 'none' }
  return { metric: 'user_action', spec: builtinCatalog.metrics.user_action, labels, values: [1] }
}

/** Names of all metrics recorded here. */
export const recordedNames: readonly string[] = specs.map(([name]) => name)

/**
 * Two series (one for metrics without labels) of every documented metric, with different values for each metric: the input
 * and the expected output.
 */
export function recordedSeries(): readonly RecordedSeries[] {
  return specs.flatMap(([metric, spec], i) => toSeries(metric, spec, i + 1))
}

/** A recorder that records every vocabulary and both GenAI editions, and all those series in it. */
export function recordEverything(): { recorder: Recorder; series: readonly RecordedSeries[] } {
  const recorder = createRecorder({
    ids: 'plain',
    genAiProfiles: ['1.41', 'next'],
    standard: ['semconv', 'instrumentator', 'prom_client'],
  })
  const series = recordedSeries()
  for (const { metric, labels, values } of series) {
    for (const value of values) recorder.recordMetric(metric, value, labels)
  }
  return { recorder, series }
}

function toSeries(metric: string, spec: MetricSpec, n: number): RecordedSeries[] {
  const labels = Object.entries(spec.labels ?? {})
  const all = Object.fromEntries(labels.map(([name, label]) => [name, sampleValue(label, 'a')]))
  const required = labels.filter(([, label]) => !isOptional(label))
  const fewer = Object.fromEntries(required.map(([name, label]) => [name, sampleValue(label, 'b')]))
  const first = { metric, spec, labels: all, values: sampleValues(spec, n) }
  if (JSON.stringify(all) === JSON.stringify(fewer)) return [first]
  return [first, { metric, spec, labels: fewer, values: sampleValues(spec, n + 0.5) }]
}

function isOptional(label: LabelSpec): boolean {
  return typeof label === 'object' && !isClosedSet(label) && label.optional === true
}

/** Values that cleaning does not change. */
const classSamples: Record<LabelClass, readonly [string, string]> = {
  name: ['first_name', 'second_name'],
  text: ['Aki - Ask me anything', 'Ünïcode 漢 "quoted" \\ back'],
  model: ['gpt-4', '(bedrock)us.anthropic.claude-3-sonnet-20240229-v1:0'],
  tool: ['read_file', 'shell_command'],
  route: ['/users/:id', '/chat'],
  method: ['GET', 'POST'],
  status: ['200', '503'],
  errorType: ['TimeoutError', 'rate_limit'],
  mime: ['application/pdf', 'image/png'],
  host: ['api.example.com', '127.0.0.1'],
  id: ['user-42', 'user-43'],
}

function sampleValue(label: LabelSpec, which: 'a' | 'b'): string {
  const at = which === 'a' ? 0 : 1
  if (typeof label === 'string') return classSamples[label][at]
  const { class: labelClass, values = [] } = isClosedSet(label) ? { values: label } : label
  return labelClass === undefined ? (values[at] ?? values[0] ?? '') : classSamples[labelClass][at]
}

function isClosedSet(label: LabelSpec): label is readonly string[] {
  return Array.isArray(label)
}

/** Values with exact sums: one below all bounds, one on a bound, one between bounds, one above all. */
function sampleValues(spec: MetricSpec, n: number): readonly number[] {
  const { kind, buckets = [] } = spec
  if (kind === 'summary') return [n, 1024, 4096]
  if (kind !== 'histogram') return [n, 2 * n]
  const middle = buckets[Math.floor(buckets.length / 2)] ?? 1
  return [0, middle, middle * 1.25, (buckets.at(-1) ?? 1) * 2 + n]
}

/** The expected result of a query: every sample of every series, and no other. */
export function toSamples(series: readonly RecordedSeries[], way: Way): Sample[] {
  return series.flatMap((one) => {
    const name = nameAt(one, way)
    return name === null ? [] : toSeriesSamples(name, labelsAt(one, way), one, way)
  })
}

function nameAt({ metric, spec }: RecordedSeries, way: Way): string | null {
  const names = metricNames[metric]
  const isScraped = isPage(way)
  const paths = spec.exportTo ?? ['prometheus', 'otlp']
  if (!paths.includes(isScraped ? 'prometheus' : 'otlp')) return null
  if (isScraped && way !== (names?.path === '/metrics' ? 'standard-page' : 'page')) return null
  if (way === 'otlp-names') return metric
  return (way === 'otlp' ? names?.otlp : names?.page) ?? null
}

function isPage(way: Way): boolean {
  return way === 'page' || way === 'standard-page'
}

function labelsAt({ metric, labels }: RecordedSeries, way: Way): Record<string, string> {
  const kept = Object.entries(labels).filter(
    // The Collector removes the person from metrics on its page (T5).
    ([label]) => !(way === 'collector' && metric === 'active_user' && label === 'user_id'),
  )
  return Object.fromEntries(
    way === 'otlp-names' ? kept : kept.map(([label, text]) => [label.replaceAll('.', '_'), text]),
  )
}

function toSeriesSamples(
  name: string,
  labels: Readonly<Record<string, string>>,
  { spec, values }: RecordedSeries,
  way: Way,
): Sample[] {
  if (spec.kind === 'counter' || spec.kind === 'upDownCounter') return [{ name, labels, value: sum(values) }]
  if (spec.kind === 'gauge') return [{ name, labels, value: values.at(-1) ?? 0 }]
  const counted = [
    { name: `${name}_count`, labels, value: values.length },
    { name: `${name}_sum`, labels, value: sum(values) },
  ]
  // Over OTLP a summary is a histogram without bounds (T3).
  if (spec.kind === 'summary' && isPage(way)) return counted
  const buckets = [...(spec.buckets ?? []), Number.POSITIVE_INFINITY].map((bound) => ({
    name: `${name}_bucket`,
    labels: { ...labels, le: boundText(bound) },
    value: values.filter((value) => value <= bound).length,
  }))
  return [...counted, ...buckets]
}

/** One spelling of a bound: Prometheus writes `1.0` after a scrape and `1` after OTLP. */
export function boundText(bound: number): string {
  return bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound)
}

/** Added in the order of recording, as the store does. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
