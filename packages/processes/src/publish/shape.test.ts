import { defineMetrics } from '@quipu/catalog'
import { createRecorder } from '@quipu/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { projectionOf, type Shape } from './shape.js'

const counter = (...labels: string[]): Shape => ({ kind: 'counter', labels, bounds: [] })
const histogram = (...bounds: number[]): Shape => ({ kind: 'histogram', labels: [], bounds })

it('matches labels by name in any order', () => {
  const projection = projectionOf(counter('channel', 'country'), counter('country', 'channel'))
  expect(projection?.values(['web', 'PE'])).toEqual(['PE', 'web'])
})

it('sums over a label that the reader lacks, and omits one that only the reader has', () => {
  expect(projectionOf(counter('country', 'channel'), counter('channel'))?.values(['PE', 'web'])).toEqual(['web'])
  expect(projectionOf(counter('channel'), counter('country', 'channel'))?.values(['web'])).toEqual([undefined, 'web'])
})

it.each([
  ['another kind', counter(), { kind: 'gauge', labels: [], bounds: [] } satisfies Shape],
  ['a bound that is not among the other’s', histogram(1, 5), histogram(1, 2, 5)],
  [
    'buckets of another kind',
    histogram(1, 5),
    { kind: 'histogram', labels: [], bounds: 'exponential' } satisfies Shape,
  ],
])('refuses %s', (_, from, to) => {
  expect(projectionOf(from, to)).toBeUndefined()
})

it('converts a histogram to fewer bounds as if it had been recorded with them', () => {
  const bounds = fc.uniqueArray(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 10 })
  fc.assert(
    fc.property(bounds, fc.array(fc.boolean()), fc.array(fc.integer({ min: -25, max: 25 })), (some, kept, values) => {
      const all = some.sort((a, b) => a - b)
      const fewer = all.filter((_, i) => kept[i] !== true)
      const numbers = (buckets: readonly number[]): Float64Array => {
        const catalog = defineMetrics({ x_seconds: { kind: 'histogram', help: 'x', buckets: [...buckets] } })
        const { metrics, readings } = createRecorder({ catalog })
        for (const value of values) metrics.x_seconds.record(value)
        const reading = readings().find(({ name }) => name === 'x_seconds')
        const cell = reading?.cells()[0]
        const length = buckets.length + 2
        return cell === undefined ? new Float64Array(length) : cell.data.slice(cell.at, cell.at + length)
      }
      fc.pre(fewer.length > 0)
      const projection = projectionOf(histogram(...all), histogram(...fewer))
      expect(projection?.numbers(numbers(all))).toEqual(numbers(fewer))
    }),
  )
})
