import type { ExponentialSide } from '../families/family.js'

/** The finest schema of Prometheus, which rejects finer ones. */
const FINEST = 8
const COARSEST = -4

/** Buckets of a native histogram: spans of adjacent buckets, and each count as the difference to the previous one. */
export interface NativeBuckets {
  readonly spans: readonly { readonly offset: number; readonly length: number }[]
  readonly deltas: readonly number[]
}

/** Returns Prometheus' schema for an OpenTelemetry scale; undefined for a scale that is too coarse. */
export function nativeSchema(scale: number): number | undefined {
  return scale < COARSEST ? undefined : Math.min(scale, FINEST)
}

/**
 * Converts one side of an exponential histogram to native buckets (compatibility specification, "Exponential
 * Histograms"). Prometheus' bucket `i` ends where OpenTelemetry's begins, so every index is one higher; finer scales
 * are merged.
 */
export function toNativeBuckets(side: ExponentialSide, scale: number, schema: number): NativeBuckets {
  const counts = new Map<number, number>()
  side.bucketCounts.forEach((count, i) => {
    const index = Math.floor((side.offset + i) / 2 ** (scale - schema)) + 1
    if (count > 0) counts.set(index, (counts.get(index) ?? 0) + count)
  })
  const spans: { offset: number; length: number }[] = []
  const deltas: number[] = []
  let end: number | undefined
  let before = 0
  for (const [index, count] of [...counts].sort(([a], [b]) => a - b)) {
    const last = spans.at(-1)
    if (last !== undefined && index === end) last.length++
    else spans.push({ offset: index - (end ?? 0), length: 1 })
    deltas.push(count - before)
    before = count
    end = index + 1
  }
  return { spans, deltas }
}
