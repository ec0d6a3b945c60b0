import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineEnd, nastyStrings } from '../fixtures/nasty-strings.js'
import type { MetricRecord } from './canonical.js'
import { formatMetricJson, parseMetricJson } from './json.js'

const unixMs = Date.UTC(2026, 0, 28, 9, 30)
const example = { event: 'llm_call', user: 'user@example.com', fields: { model: 'gpt-4', message_count: 5 }, unixMs }
const line =
  '{"time":"2026-01-28T09:30:00.000Z","event":"llm_call","user":"user@example.com","fields":{"model":"gpt-4","message_count":5}}'

describe('the JSON form', () => {
  it('is one object per line, its keys always in the same order', () => {
    expect(formatMetricJson(example)).toBe(line)
  })

  it('has null for an unknown time or user, and for the user called unknown', () => {
    const empty = '{"time":null,"event":"e","user":null,"fields":{}}'
    expect(formatMetricJson({ event: 'e' })).toBe(empty)
    expect(formatMetricJson({ event: 'e', user: 'unknown' })).toBe(empty)
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
      expect(formatMetricJson({ event: 'e', unixMs: bad })).toBe(empty)
    }
  })

  it('keeps the types of values, and the digits of a large bigint as text', () => {
    const fields = { a: 1.5, b: true, c: 7n, d: 2n ** 64n, e: -0, f: null, g: Number.NaN }
    expect(formatMetricJson({ event: 'e', fields })).toBe(
      '{"time":null,"event":"e","user":null,"fields":{"a":1.5,"b":true,"c":7,"d":"18446744073709551616","e":0}}',
    )
  })

  it('has no line for an event that is not a name', () => {
    expect(formatMetricJson({ event: 'not a name' })).toBe('')
    expect(formatMetricJson(null as unknown as MetricRecord)).toBe('')
  })

  it('is one line for any content', () => {
    for (const nasty of nastyStrings) {
      const written = formatMetricJson({ event: 'e', user: nasty, fields: { value: nasty, [nasty]: 1 }, unixMs })
      expect(written).not.toMatch(lineEnd)
      const parsed = parseMetricJson(written)
      expect(parsed && formatMetricJson(parsed)).toBe(written)
    }
  })
})

describe('reading the JSON form', () => {
  it('returns event, user, typed fields and time', () => {
    expect(parseMetricJson(line)).toStrictEqual(example)
  })

  it('leaves out a missing time', () => {
    expect(parseMetricJson('{"time":null,"event":"e","user":null,"fields":{}}')).toStrictEqual({
      event: 'e',
      user: null,
      fields: {},
    })
  })

  it('is the inverse of writing', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,63}$/)
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...nastyStrings.filter((s) => s.length < 2000)),
    )
    const value = fc.oneof(text, fc.double(), fc.bigInt(), fc.boolean(), fc.constant(null))
    const record = fc.record({
      event: name,
      user: fc.option(text),
      fields: fc.dictionary(fc.oneof(name, text), value, { maxKeys: 10 }),
      unixMs: fc.oneof(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.double()),
    })
    fc.assert(
      fc.property(record, (input) => {
        const written = formatMetricJson(input)
        const parsed = parseMetricJson(written)
        expect(parsed).not.toBeNull()
        expect(parsed && formatMetricJson(parsed)).toBe(written)
      }),
      { numRuns: 3000 },
    )
  })

  const others: readonly [what: string, text: string][] = [
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a string', '"e"'],
    ['whitespace', `${line} `],
    ['a newline', `${line}\n`],
    ['another order', '{"event":"e","time":null,"user":null,"fields":{}}'],
    ['a key too many', '{"time":null,"event":"e","user":null,"fields":{},"message":"secret"}'],
    ['a key too few', '{"time":null,"event":"e","user":null}'],
    ['a repeated key', '{"time":null,"event":"e","event":"e","user":null,"fields":{}}'],
    ['another time', '{"time":"2026-01-28","event":"e","user":null,"fields":{}}'],
    ['an invalid time', '{"time":"soon","event":"e","user":null,"fields":{}}'],
    ['a nested value', '{"time":null,"event":"e","user":null,"fields":{"a":{"b":1}}}'],
    ['a null value', '{"time":null,"event":"e","user":null,"fields":{"a":null}}'],
    ['a polluting key', '{"time":null,"event":"e","user":null,"fields":{"__proto__":"x"}}'],
    ['an event that is not a name', '{"time":null,"event":"E","user":null,"fields":{}}'],
    ['a user with a space', '{"time":null,"event":"e","user":"a b","fields":{}}'],
    ['a text line', '[METRIC] [u] e'],
  ]

  it.each(others)('%s is null', (_what, text) => {
    expect(parseMetricJson(text)).toBeNull()
  })
})
