import { describe, expect, it } from 'vitest'
import { otelCollection as collection, otelPoint as point } from '../../fixtures/otel-collection.js'
import { parsePage } from '../../fixtures/parse-page.js'
import { createPage } from '../writing/page.js'
import type { OtelCollection } from './otel-metrics.js'
import { otelPage } from './otel-page.js'

async function renderCollection(made: OtelCollection) {
  const drops: string[] = []
  const onDrop = (metric: string, reason: string) => void drops.push(`${metric} ${reason}`)
  const page = await createPage(otelPage(async () => made, { onDrop })).render()
  parsePage(page.text(), 'text')
  return { text: page.text(), drops }
}

describe('invalid data affects only itself', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  const throwing = {
    get secret() {
      throw new Error('no')
    },
  }

  it.each([
    ['a symbol', { a: Symbol('x') }],
    ['a function', { a: () => 1 }],
    ['a cycle', { a: cyclic }],
    ['a getter that throws', throwing],
  ])('%s as an attribute', async (_, attributes) => {
    const { text, drops } = await renderCollection(
      collection({ dataPoints: [point(1, attributes), point(2, { a: 'ok' })] }),
    )
    expect(text).toBe('# TYPE m gauge\nm{a="ok"} 2\n')
    expect(drops).toEqual(['m bad_label'])
  })

  it.each([
    [[1, 'two'], 'm{a="[1,\\"two\\"]"} 1'],
    [BigInt(10), 'm{a="10"} 1'],
    [true, 'm{a="true"} 1'],
    [null, 'm 1'],
    [undefined, 'm 1'],
    ['', 'm 1'],
    ['a\r\n\x1b[31m\u202eb\ud800', 'm{a="a\\n[31mb\ufffd"} 1'],
    ['"\\', 'm{a="\\"\\\\"} 1'],
    ['x'.repeat(5000), `m{a="${'x'.repeat(1024)}"} 1`],
  ])('the attribute value %s is a label as it should be', async (value, line) => {
    const { text } = await renderCollection(collection({ dataPoints: [point(1, { a: value })] }))
    expect(text).toBe(`# TYPE m gauge\n${line}\n`)
  })

  it('200 and "200" are one series, as are labels in another order', async () => {
    const counter = { dataPointType: 3, isMonotonic: true }
    const { text } = await renderCollection(
      collection({ ...counter, dataPoints: [point(1, { a: 200, b: 1 }), point(2, { b: '1', a: '200' })] }),
    )
    expect(text).toContain('m_total{a="200",b="1"} 3\n')
  })

  it('names that are equal on the page give one series in any order', async () => {
    const dataPoints = [point(1, { 'a.b': 1, aZ: 2 }), point(2, { a_b: 1, aZ: 2 })]
    const { text } = await renderCollection(collection({ dataPointType: 3, isMonotonic: true, dataPoints }))
    expect(text).toContain('m_total{aZ="2",a_b="1"} 3\n')
  })

  it.each([
    ['a counter of NaN', { dataPointType: 3, isMonotonic: true }, Number.NaN],
    ['a negative counter', { dataPointType: 3, isMonotonic: true }, -1],
    ['a value that is not a number', {}, 'seven'],
    ['a histogram without buckets', { dataPointType: 0 }, { sum: 1 }],
    ['a histogram with a bucket too many', { dataPointType: 0 }, { buckets: { boundaries: [1], counts: [1, 2, 3] } }],
    ['an exponential histogram of odd scale', { dataPointType: 1 }, { scale: 0.5, zeroCount: 0, sum: 0 }],
  ])('%s', async (_, kind, value) => {
    const { text, drops } = await renderCollection(collection({ ...kind, dataPoints: [point(value)] }))
    expect(text).toBe('')
    expect(drops).toHaveLength(1)
    expect(drops[0]).toMatch(/not_a_number$/)
  })

  it.each([
    ['a name that is not a string', { descriptor: { name: 7 as never, description: '', unit: '' } }, 'otel bad_metric'],
    ['an empty name', { descriptor: { name: '', description: '', unit: '' } }, 'otel bad_metric'],
    ['an unknown type', { dataPointType: 99 }, 'otel bad_metric'],
    [
      'delta temporality',
      { dataPointType: 3, isMonotonic: true, aggregationTemporality: 0 },
      'm_total delta_temporality',
    ],
  ])('%s', async (_, metric, drop) => {
    const { text, drops } = await renderCollection(collection({ ...metric, dataPoints: [point(1)] }))
    expect(text).toBe('')
    expect(drops).toEqual([drop])
  })

  it('histograms of one name with other bounds, in one series or in two', async () => {
    const histogram = (bounds: readonly number[], labels: Record<string, string>) =>
      point({ sum: 1, buckets: { boundaries: bounds, counts: [...bounds.map(() => 0), 1] } }, labels)
    const { text, drops } = await renderCollection(
      collection({
        dataPointType: 0,
        dataPoints: [histogram([1], { a: 'x' }), histogram([2, 3], { a: 'y' }), histogram([5], { a: 'x' })],
      }),
    )
    expect(text).toContain('m_bucket{a="x",le="1.0"} 0\nm_bucket{a="x",le="+Inf"} 1\n')
    expect(text).toContain('m_bucket{a="y",le="2.0"} 0\nm_bucket{a="y",le="3.0"} 0\n')
    expect(drops).toEqual(['m duplicate_series'])
  })
})
