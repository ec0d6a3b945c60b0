import type { ExponentialBuckets } from '@quipu/store'

/** Maximum number of buckets of a histogram (metrics data model, "ExponentialHistogram"). */
const BUCKETS = 160
const HEAD = 5

/** An exponential histogram as a row of numbers: scale, sum, count, zeros, offset, and the maximum number of buckets. */
export const EXPONENTIAL_STRIDE = HEAD + BUCKETS

export function toNumbers({ scale, sum, count, zeroCount, positive }: ExponentialBuckets): Float64Array {
  const numbers = new Float64Array(EXPONENTIAL_STRIDE)
  numbers.set([scale, sum, count, zeroCount, positive.offset])
  numbers.set(positive.bucketCounts.slice(0, BUCKETS), HEAD)
  return numbers
}

export function fromNumbers(numbers: Float64Array): ExponentialBuckets {
  const [scale = 0, sum = 0, count = 0, zeroCount = 0, offset = 0] = numbers
  const { first, last } = span(numbers)
  const bucketCounts = first > last ? [] : [...numbers.subarray(HEAD + first - offset, HEAD + last - offset + 1)]
  return { scale, sum, count, zeroCount, positive: { offset: first > last ? 0 : first, bucketCounts } }
}

/** Merges two histograms at the finest scale that both can be converted to and that fits all buckets. */
export function addExponential(a: Float64Array, b: Float64Array): Float64Array {
  const [x, y] = [span(a), span(b)]
  let scale = Math.min(a[0] ?? 0, b[0] ?? 0)
  while (!fits(scale)) scale--
  const at = (index: number, from: Float64Array): number => index >> ((from[0] ?? 0) - scale)
  const offset = firstOf(scale)

  const sum = new Float64Array(EXPONENTIAL_STRIDE)
  sum.set([scale, plus(1), plus(2), plus(3), offset])
  for (const [from, { first, last }] of [
    [a, x],
    [b, y],
  ] as const) {
    for (let index = first; index <= last; index++) {
      const slot = HEAD + at(index, from) - offset
      sum[slot] = (sum[slot] ?? 0) + (from[HEAD + index - (from[4] ?? 0)] ?? 0)
    }
  }
  return sum

  function plus(i: number): number {
    return (a[i] ?? 0) + (b[i] ?? 0)
  }
  function bounds(shiftTo: number): { first: number; last: number } {
    const shifted = ([from, { first, last }]: readonly [Float64Array, typeof x]) => {
      const shift = (from[0] ?? 0) - shiftTo
      return first > last ? [] : [first >> shift, last >> shift]
    }
    const ends = [...shifted([a, x]), ...shifted([b, y])]
    return ends.length === 0 ? { first: 0, last: 0 } : { first: Math.min(...ends), last: Math.max(...ends) }
  }
  function firstOf(shiftTo: number): number {
    return bounds(shiftTo).first
  }
  function fits(shiftTo: number): boolean {
    const { first, last } = bounds(shiftTo)
    return last - first < BUCKETS
  }
}

/** Indexes of the first and the last bucket with a count; without counts, the first is after the last. */
function span(numbers: Float64Array): { readonly first: number; readonly last: number } {
  const offset = numbers[4] ?? 0
  let first = 0
  let last = BUCKETS - 1
  while (first < BUCKETS && numbers[HEAD + first] === 0) first++
  while (last >= 0 && numbers[HEAD + last] === 0) last--
  return { first: offset + first, last: offset + last }
}
