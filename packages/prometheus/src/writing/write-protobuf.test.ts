import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Fields, message, messages, readDelimited, text, zigzag } from '../../fixtures/read-protobuf.js'
import { type FakeReading, fakeReading, fakeRecorder } from '../../fixtures/readings.js'
import { catalogPage } from '../families/catalog-page.js'
import type { Family } from '../families/family.js'
import { labelOpening } from '../families/label-names.js'
import { escapeLabelValue } from '../families/label-text.js'
import { createPace } from '../pace.js'
import { negotiateFormat } from '../serving/negotiate.js'
import { nativeSchema, toNativeBuckets } from './native-buckets.js'
import { createPage } from './page.js'
import { writeProtobuf } from './write-protobuf.js'

async function render(...readings: readonly FakeReading[]): Promise<readonly Fields[]> {
  const page = createPage(catalogPage(fakeRecorder(...readings)))
  const { pieces } = await page.render({ format: negotiateFormat('application/vnd.google.protobuf') })
  return readDelimited(Buffer.concat(pieces))
}
const labels = (metric: Fields | undefined) =>
  Object.fromEntries(messages(metric, 1).map((pair) => [text(pair.get(1)?.[0]), text(pair.get(2)?.[0])]))

describe('a page in protobuf', () => {
  it('has families with their names, help, types, units and labels', async () => {
    const families = await render(
      fakeReading('a_total', { kind: 'counter', help: 'Help', labels: { x: 'text', y: 'text' } }, [
        { values: ['"\\\n🙂', '=,'], data: [2 ** 53] },
        { values: ['b', undefined], data: [0] },
      ]),
      fakeReading('g', { kind: 'gauge', help: 'h', unit: 'By' }, [{ data: [-0.5] }]),
      fakeReading('s', { kind: 'summary', help: 'h' }, [{ data: [7.5, 300] }]),
    )
    expect(families.map((family) => [text(family.get(1)?.[0]), text(family.get(2)?.[0]), family.get(3)?.[0]])).toEqual([
      ['a_total', 'Help', 0],
      ['g_bytes', 'h', 1],
      ['s', 'h', 2],
    ])
    const [counter, gauge, summary] = families
    const counters = messages(counter, 4)
    expect(counters.map(labels)).toEqual([{ x: '"\\\n🙂', y: '=,' }, { x: 'b' }])
    expect(counters.map((metric) => message(metric, 3)?.get(1)?.[0])).toEqual([2 ** 53, 0])
    expect(message(message(counters[0], 3), 3)?.get(1)?.[0]).toBe(1_699_999_990)
    expect(text(gauge?.get(5)?.[0])).toBe('bytes')
    expect(message(message(gauge, 4), 2)?.get(1)?.[0]).toBe(-0.5)
    expect(message(message(summary, 4), 4)?.get(1)?.[0]).toBe(300)
    expect(message(message(summary, 4), 4)?.get(2)?.[0]).toBe(7.5)
  })

  it('has classic histograms with cumulative buckets and exemplars', async () => {
    const exemplar = { value: 0.5, unixMs: 1_700_000_000_250, traceId: 'abc', spanId: 'def' }
    const [family] = await render(
      fakeReading('h', { kind: 'histogram', help: 'h', buckets: [1, 2] }, [
        { data: [9, 1, 0, 4], exemplars: [exemplar] },
      ]),
    )
    const histogram = message(message(family, 4), 7)
    expect(histogram?.get(1)).toEqual([5])
    expect(histogram?.get(2)).toEqual([9])
    const buckets = messages(histogram, 3)
    expect(buckets.map((bucket) => [bucket.get(2)?.[0], bucket.get(1)?.[0]])).toEqual([
      [1, 1],
      [2, 1],
      [Number.POSITIVE_INFINITY, 5],
    ])
    const written = message(buckets[0], 3)
    expect(labels(written)).toEqual({ trace_id: 'abc', span_id: 'def' })
    expect(written?.get(2)).toEqual([0.5])
    expect(message(written, 3)?.get(1)).toEqual([1_700_000_000])
    expect(message(written, 3)?.get(2)).toEqual([250_000_000])
  })

  it('has exponential histograms as native ones with classic buckets', async () => {
    // scale 0: indexes -1, 0 and 2 are (0.5, 1], (1, 2] and (4, 8]; Prometheus counts them 0, 1 and 3
    const exponential = {
      scale: 0,
      sum: 12,
      count: 8,
      zeroCount: 2,
      positive: { offset: -1, bucketCounts: [1, 3, 0, 2] },
    }
    const [family] = await render(
      fakeReading('e', { kind: 'histogram', help: 'h', aggregation: 'exponential' }, [{ data: [12], exponential }]),
    )
    const histogram = message(message(family, 4), 7)
    expect([histogram?.get(1), histogram?.get(2), histogram?.get(7)]).toEqual([[8], [12], [2]])
    expect(zigzag(histogram?.get(5)?.[0])).toBe(0)
    expect(messages(histogram, 12).map((span) => [zigzag(span.get(1)?.[0]), span.get(2)?.[0]])).toEqual([
      [0, 2],
      [1, 1],
    ])
    expect(histogram?.get(13)?.map(zigzag)).toEqual([1, 2, -1])
    expect(messages(histogram, 3).map((bucket) => bucket.get(2)?.[0])).toEqual([
      0,
      1,
      2,
      4,
      8,
      Number.POSITIVE_INFINITY,
    ])
  })

  it('marks an empty exponential histogram as native', async () => {
    const exponential = { scale: 20, sum: 0, count: 0, zeroCount: 0, positive: { offset: 0, bucketCounts: [] } }
    const [family] = await render(
      fakeReading('e', { kind: 'histogram', help: 'h', aggregation: 'exponential' }, [{ data: [0], exponential }]),
    )
    const histogram = message(message(family, 4), 7)
    expect(messages(histogram, 12)).toHaveLength(1)
    expect(zigzag(histogram?.get(5)?.[0])).toBe(8)
  })

  it('has correct lengths for families of many pieces', async () => {
    const series = Array.from({ length: 5000 }, (_, i) => ({ values: [`value ${i}`], data: [i] }))
    const [family, next] = await render(
      fakeReading('g', { kind: 'gauge', help: 'h', labels: { x: 'text' } }, series),
      fakeReading('n', { kind: 'gauge', help: 'h' }, [{ data: [1] }]),
    )
    expect(messages(family, 4).map((metric) => message(metric, 2)?.get(1)?.[0])).toEqual(series.map((_, i) => i))
    expect(text(next?.get(1)?.[0])).toBe('n')
  })
})

describe('native buckets', () => {
  it.each([
    [20, 8],
    [8, 8],
    [0, 0],
    [-4, -4],
    [-5, undefined],
  ])('of scale %d have schema %s', (scale, schema) => expect(nativeSchema(scale)).toBe(schema))

  it('have every count at its index, for any gaps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -500, max: 500 }),
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 60 }),
        fc.integer({ min: 0, max: 3 }),
        (offset, bucketCounts, finer) => {
          const { spans, deltas } = toNativeBuckets({ offset, bucketCounts }, 5 + finer, 5)
          const read = new Map<number, number>()
          let index = 0
          let count = 0
          const rest = [...deltas]
          for (const span of spans) {
            index += span.offset
            for (let i = 0; i < span.length; i++) {
              count += rest.shift() ?? Number.NaN
              read.set(index++, count)
            }
          }
          const expected = new Map<number, number>()
          bucketCounts.forEach((inBucket, i) => {
            const at = ((offset + i) >> finer) + 1
            if (inBucket > 0) expected.set(at, (expected.get(at) ?? 0) + inBucket)
          })
          expect(rest).toEqual([])
          expect([...read]).toEqual([...expected])
        },
      ),
    )
  })
})

it('labels are read back unchanged, for any names and values', async () => {
  const label = fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme', minLength: 1 }))
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(label, { selector: ([name]) => name }), async (pairs) => {
      const labelText = pairs.map(([name, value]) => `${labelOpening(name)}${escapeLabelValue(value)}"`).join(',')
      const point = { data: [1], at: 0, exponential: undefined, exemplars: undefined }
      const family: Family = {
        name: 'x',
        type: 'gauge',
        help: '',
        unit: '',
        bounds: [],
        points: () => [point],
        labelText: () => labelText,
        createdUnixMs: () => 0,
      }
      const [read] = readDelimited(Buffer.concat(await writeProtobuf(family, createPace())))
      const labels = messages(message(read, 4), 1).map((pair) => [pair.get(1)?.[0], pair.get(2)?.[0]])
      expect(labels.map((parts) => parts.map(text))).toEqual(pairs)
    }),
  )
})
