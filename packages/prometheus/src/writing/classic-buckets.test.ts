import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toClassicBuckets } from './classic-buckets.js'

it('has a bound at each power of two from the lowest to the highest value', () => {
  // scale 1: bounds at powers of the square root of two; index 0 is (1, 1.41], 1 is (1.41, 2], 4 is (4, 5.66]
  const { bounds, counts } = toClassicBuckets({
    scale: 1,
    sum: 0,
    count: 8,
    zeroCount: 2,
    positive: { offset: 0, bucketCounts: [1, 2, 0, 0, 3] },
  })
  expect(bounds).toEqual([0, 2, 4, 8])
  expect(counts).toEqual([2, 3, 0, 3, 0])
})

it('keeps to the coarse bounds of a histogram of negative scale', () => {
  // scale -1: index 0 is (1, 4], index 1 is (4, 16]
  const { bounds, counts } = toClassicBuckets({
    scale: -1,
    sum: 0,
    count: 3,
    zeroCount: 0,
    positive: { offset: 0, bucketCounts: [1, 2] },
  })
  expect(bounds).toEqual([4, 16])
  expect(counts).toEqual([1, 2, 0])
})

it('puts negative values below zero', () => {
  const { bounds, counts } = toClassicBuckets({
    scale: 0,
    sum: 0,
    count: 2,
    zeroCount: 1,
    positive: { offset: 0, bucketCounts: [1] },
    negative: { offset: 1, bucketCounts: [4] },
  })
  expect(bounds).toEqual([-2, 0, 2])
  expect(counts).toEqual([4, 1, 1, 0])
})

it('counts every value at or below each bound, for any scale', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -2, max: 6 }),
      fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 40 }),
      (scale, values) => {
        const base = 2 ** (2 ** -scale)
        const indexes = values.map((value) => Math.ceil(Math.log(value) / Math.log(base)) - 1)
        const offset = Math.min(...indexes)
        const bucketCounts = Array.from(
          { length: Math.max(...indexes) - offset + 1 },
          (_, i) => indexes.filter((index) => index === offset + i).length,
        )
        const point = { scale, sum: 0, count: values.length, zeroCount: 0, positive: { offset, bucketCounts } }
        const { bounds, counts } = toClassicBuckets(point)
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length)
        let below = 0
        bounds.forEach((bound, i) => {
          below += counts[i] ?? 0
          const exact = indexes.filter((index) => base ** (index + 1) <= bound * (1 + 1e-9)).length
          expect(below).toBe(exact)
        })
      },
    ),
  )
})
