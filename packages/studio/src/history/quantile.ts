import { cellsByBound } from './cells-by-bound.js'
import type { Series } from './family.js'
import { growthOf, type Span } from './growth.js'

/** The upper bounds of a histogram's buckets and the cumulative count of each, ascending. */
export interface Distribution {
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
}

/** The observations of several series together in a span; undefined: since the application started. */
export function distributionOf(series: readonly Series[], span: Span | undefined): Distribution {
  const { bounds, cells } = cellsByBound(series)
  return { bounds, counts: cells.map((each) => each.reduce((sum, cell) => sum + growthOf(cell, span), 0)) }
}

/**
 * Estimates a quantile as Prometheus' `histogram_quantile` does: linear within a bucket, the last finite bound at most.
 * Returns NaN without observations.
 * @param quantile between 0 and 1
 */
export function quantileOf(quantile: number, { bounds, counts }: Distribution): number {
  const total = counts.at(-1) ?? 0
  if (bounds.length < 2 || total <= 0) return Number.NaN
  const rank = quantile * total
  const found = counts.findIndex((count) => count >= rank)
  const i = found < 0 ? counts.length - 1 : found
  if (i === counts.length - 1) return bounds[i - 1] ?? Number.NaN
  const upper = bounds[i] ?? Number.NaN
  if (i === 0 && upper <= 0) return upper
  const lower = i === 0 ? 0 : (bounds[i - 1] ?? 0)
  const below = i === 0 ? 0 : (counts[i - 1] ?? 0)
  const inside = (counts[i] ?? 0) - below
  return inside <= 0 ? upper : lower + (upper - lower) * ((rank - below) / inside)
}
