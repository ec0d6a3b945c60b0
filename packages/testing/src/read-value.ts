import type { LabelSpec, MetricSpec } from '@quipu/catalog/builtin'
import { QuipuError } from '@quipu/catalog/builtin'
import type { Cell, MetricReading } from '@quipu/core'

/** The contents of one series of a histogram or summary. */
export interface DistributionValue {
  readonly count: number
  readonly sum: number
  /** Cumulative counts by upper bound, the last `+Inf`; undefined for summaries and exponential histograms. */
  readonly buckets?: Readonly<Record<string, number>>
}

/** Value of one series, by the kind of its metric. */
export type SeriesValue<S extends MetricSpec> = S['kind'] extends 'histogram' | 'summary'
  ? DistributionValue
  : S['kind'] extends 'counter' | 'upDownCounter'
    ? number
    : S['kind'] extends 'gauge'
      ? number | undefined
      : number | DistributionValue | undefined

type Labels = { readonly [name: string]: unknown }

/** Returns the value of the series with exactly these labels; throws a QuipuError if no series can have them. */
export function readValue(
  readings: readonly MetricReading[],
  name: string,
  labels: Labels,
): number | DistributionValue | undefined {
  const reading = readings.find((one) => one.name === name)
  if (reading === undefined) throw wrongQuestion(`The recorder has no metric ${name}.`, name)
  checkLabels(reading, labels)
  const cell = reading
    .cells()
    .find((one) => reading.labelNames.every((label, i) => one.values[i] === asText(labels[label])))
  const { kind } = reading.spec
  if (kind === 'histogram' || kind === 'summary') return distribution(reading, cell)
  if (cell === undefined) return kind === 'gauge' ? undefined : 0
  return cell.data[cell.at] ?? 0
}

/**
 * Labels that no series can have are a mistake in the test, which would otherwise always pass or fail without a reason.
 */
function checkLabels({ name, spec, labelNames }: MetricReading, labels: Labels): void {
  for (const [label, value] of Object.entries(labels)) {
    if (!labelNames.includes(label)) throw wrongQuestion(`${name} has no label ${label}.`, label)
    const values = closedSet(spec.labels?.[label])
    const text = asText(value)
    if (values !== undefined && text !== undefined && text !== 'other' && !values.includes(text)) {
      throw wrongQuestion(`${name} has no value of the label ${label} other than ${values.join(', ')}.`, text)
    }
  }
}

function closedSet(spec: LabelSpec | undefined): readonly string[] | undefined {
  if (spec === undefined || typeof spec === 'string') return undefined
  if (isList(spec)) return spec
  return spec.class === undefined && spec.template === undefined ? spec.values : undefined
}

function isList(spec: LabelSpec): spec is readonly string[] {
  return Array.isArray(spec)
}

function wrongQuestion(what: string, got: string): QuipuError {
  return new QuipuError('QUIPU_STRICT', { what, got, fix: 'correct the call of value()' })
}

function distribution(reading: MetricReading, cell: Cell | undefined): DistributionValue {
  const at = (offset: number): number => (cell === undefined ? 0 : (cell.data[cell.at + offset] ?? 0))
  if (cell?.exponential !== undefined) return { count: cell.exponential.count, sum: cell.exponential.sum }
  if (reading.spec.kind === 'summary' || reading.spec.aggregation === 'exponential') return { count: at(1), sum: at(0) }
  let count = 0
  const buckets: Record<string, number> = {}
  for (const [i, bound] of [...reading.bounds, '+Inf'].entries()) {
    count += at(1 + i)
    buckets[String(bound)] = count
  }
  return { count, sum: at(0), buckets }
}

function asText(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value)
}
