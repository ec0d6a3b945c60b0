import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseKey } from './parse-key.js'
import { parseSample } from './parse-sample.js'

describe('a line of a page', () => {
  test.each([
    ['up 1', 'up', 1],
    ['a{b="c"} 2.5', 'a{b="c"}', 2.5],
    ['a{b="c"} 2 1700000000', 'a{b="c"}', 2],
    ['a_bucket{le="1"} 3 # {trace_id="x"} 0.5 1700000000.1', 'a_bucket{le="1"}', 3],
    ['a{b="} 7"} 2', 'a{b="} 7"}', 2],
    ['a{b="\\"} 7"} 2', 'a{b="\\"} 7"}', 2],
    ['{"a.b",c="d"} 4', '{"a.b",c="d"}', 4],
    ['a +Inf', 'a', Number.POSITIVE_INFINITY],
    ['a -Inf', 'a', Number.NEGATIVE_INFINITY],
    ['a NaN', 'a', Number.NaN],
    ['a 1e3', 'a', 1000],
  ])('%s', (line, key, value) => expect(parseSample(line)).toEqual({ key, value }))

  test.each(['', 'a', 'a{b="c"}', 'a{b="c 1', 'a one', '{ 1', ' 1'])('%j is not one', (line) => {
    expect(parseSample(line)).toBeNull()
  })

  test('never throws for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (line) => void parseSample(line)))
  })
})

describe('a name with labels', () => {
  test.each([
    ['up', 'up', {}],
    ['a{}', 'a', {}],
    ['a{b="c",d="e"}', 'a', { b: 'c', d: 'e' }],
    ['a{b="c",}', 'a', { b: 'c' }],
    ['a{b="x\\"y\\\\z\\nw"}', 'a', { b: 'x"y\\z\nw' }],
    ['{"a.b","c d"="e"}', 'a.b', { 'c d': 'e' }],
  ])('%s', (key, name, labels) => {
    const read = parseKey(key)
    expect({ name: read.name, labels: Object.fromEntries(read.labels) }).toEqual({ name, labels })
  })

  test('every value of a page is read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.double({ noNaN: true }), (text, number) => {
        const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
        const sample = parseSample(`a{b="${escaped}"} ${number}`)
        expect(parseKey(sample?.key ?? '').labels.get('b')).toBe(text)
      }),
    )
  })
})
