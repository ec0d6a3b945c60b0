import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Exponential, exponentialOf, mergeExponential } from './exponential.js'

/** The histogram of some values at a scale, in the form of an SDK. */
function histogramOf(values: readonly number[], scale: number): Exponential {
  const indexes = values.map((value) => Math.ceil(Math.log2(value) * 2 ** scale) - 1)
  const offset = Math.min(...indexes)
  const bucketCounts = Array.from({ length: Math.max(...indexes) - offset + 1 }, () => 0)
  for (const index of indexes) bucketCounts[index - offset] = (bucketCounts[index - offset] ?? 0) + 1
  return exponentialOf({ scale, sum: 1, count: values.length, positive: { offset, bucketCounts } })
}

/** Counts by the index of their bucket, without empty ones. */
const filled = ({ positive: { offset, bucketCounts } }: Exponential) =>
  bucketCounts.flatMap((count, i) => (count === 0 ? [] : [[offset + i, count]]))

// Powers of two are bounds of every scale: the logarithms of other values would be rounded.
const values = fc.array(
  fc.integer({ min: -20, max: 20 }).map((power) => 2 ** power),
  { minLength: 1, maxLength: 50 },
)
const scale = fc.integer({ min: 0, max: 4 })

test('two histograms together are the histogram of the values of both, at the coarser scale', () => {
  fc.assert(
    fc.property(values, scale, values, scale, (a, scaleOfA, b, scaleOfB) => {
      const merged = mergeExponential(histogramOf(a, scaleOfA), histogramOf(b, scaleOfB))
      const together = histogramOf([...a, ...b], Math.min(scaleOfA, scaleOfB))
      expect(merged.scale).toBe(together.scale)
      expect(merged.count).toBe(together.count)
      expect(filled(merged)).toEqual(filled(together))
    }),
  )
})

test('a malformed point is read without an error, and adds no memory', () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (point) => void exponentialOf(point)))
  const far = (offset: number) => exponentialOf({ count: 1, positive: { offset, bucketCounts: [1] } })
  expect(mergeExponential(far(-1e9), far(1e9)).positive.bucketCounts).toHaveLength(1)
})
