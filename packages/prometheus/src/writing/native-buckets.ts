import type { ExponentialSide } from '../families/family.js'

/** The schemas that Prometheus has; it takes finer ones for an error. */
const FINEST = 8
const COARSEST = -4

/** Buckets of a native histogram: runs of neighbours, and each count as the difference to the one before. */
export interface NativeBuckets {
  readonly spans: readonly { readonly offset: number; readonly length: number }[]
  readonly deltas: readonly number[]
}

/** Prometheus' schema for an OpenTelemetry scale; undefined when it has none so coarse. */
export function nativeSchema(scale: number): number | undefined {
  return scale < COARSEST ? undefined : Math.min(scale, FINEST)
}

/**
 * One side of an exponential histogram as Prometheus has it (compatibility specification, "Exponential Histograms"):
 * its bucket `i` ends where OpenTelemetry's begins, so every index is one higher; finer scales are merged.
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
