import type { MetricReading } from '@quipu/store'
import { EXPONENTIAL_STRIDE } from './exponential-numbers.js'

/** The properties of a metric that are needed to read its published numbers, with any catalogue of the reader. */
export interface Shape {
  readonly kind: MetricReading['spec']['kind']
  readonly labels: readonly string[]
  /** Upper bounds of the buckets; `exponential`; empty for other kinds. */
  readonly bounds: readonly number[] | 'exponential'
}

export function shapeOf({ spec, labelNames, bounds }: MetricReading): Shape {
  const isExponential = spec.kind === 'histogram' && spec.aggregation === 'exponential'
  return { kind: spec.kind, labels: labelNames, bounds: isExponential ? 'exponential' : bounds }
}

/**
 * Returns the number of numbers per series in a published file. The second one of a gauge is the time when it was set.
 */
export function strideOf({ kind, bounds }: Shape): number {
  switch (kind) {
    case 'counter':
    case 'upDownCounter':
      return 1
    case 'gauge':
    case 'summary':
      return 2
    case 'histogram':
      return bounds === 'exponential' ? EXPONENTIAL_STRIDE : bounds.length + 2
  }
}

const KINDS = ['counter', 'upDownCounter', 'gauge', 'summary', 'histogram']

/** Returns whether a value is a shape. */
export function isShape(value: unknown): value is Shape {
  if (typeof value !== 'object' || value === null) return false
  if (!('kind' in value && 'labels' in value && 'bounds' in value)) return false
  const { kind, labels, bounds } = value
  const hasBounds = bounds === 'exponential' || (Array.isArray(bounds) && bounds.every(Number.isFinite))
  const hasLabels = Array.isArray(labels) && labels.every((label) => typeof label === 'string')
  return KINDS.some((known) => known === kind) && hasLabels && hasBounds
}

type Values = readonly (string | undefined)[]

/** Converts a series of one shape to another. */
export interface Projection {
  values(values: Values): Values
  numbers(numbers: Float64Array): Float64Array
}

const same: Projection = { values: (values) => values, numbers: (numbers) => numbers }

/**
 * Returns the conversion between the series of two shapes, such as those of two versions of a catalogue during a
 * rolling reload. Labels are matched by name: a label that the target lacks is summed over, one that only the target
 * has is absent. Buckets are added up to the bounds of the target.
 *
 * @returns undefined if the kinds differ, or a bound of the target is not among those of the source
 */
export function projectionOf(from: Shape, to: Shape): Projection | undefined {
  if (JSON.stringify(from) === JSON.stringify(to)) return same
  const numbers = numbersProjection(from, to)
  if (numbers === undefined) return undefined
  const places = to.labels.map((label) => from.labels.indexOf(label))
  return { numbers, values: (values) => places.map((place) => (place < 0 ? undefined : values[place])) }
}

function numbersProjection(from: Shape, to: Shape): Projection['numbers'] | undefined {
  if (from.kind !== to.kind) return undefined
  if (from.bounds === 'exponential' || to.bounds === 'exponential')
    return from.bounds === to.bounds ? same.numbers : undefined
  const ends = [...to.bounds, Number.POSITIVE_INFINITY]
  const bounds = [...from.bounds, Number.POSITIVE_INFINITY]
  if (!ends.every((end) => bounds.includes(end))) return undefined
  if (bounds.length === ends.length) return same.numbers
  /** The target bucket of each source bucket. */
  const buckets = bounds.map((bound) => ends.findIndex((end) => bound <= end))
  return (numbers) => {
    const result = new Float64Array(ends.length + 1)
    // The sum is the first number.
    result[0] = numbers[0] ?? 0
    for (const [i, bucket] of buckets.entries()) result[bucket + 1] = (result[bucket + 1] ?? 0) + (numbers[i + 1] ?? 0)
    return result
  }
}
