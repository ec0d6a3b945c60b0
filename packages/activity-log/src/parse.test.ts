import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWellFormed, nastyStrings } from '../fixtures/nasty-strings.js'
import { formatMetricLine } from './format.js'
import { parseMetricLine } from './parse.js'

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,63}$/)
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  // Arbitrary UTF-16 code units, including lone surrogates.
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: fc.constantFrom('"', '\\', ' ', '=', '[', ']', 'a', '\n', '\u0085', '\u202e') }),
  fc.constantFrom(...nastyStrings.filter((nasty) => nasty.length < 2000)),
)
const value = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(null, undefined, Number.NaN),
)
const record = fc.record({
  event: name,
  user: fc.option(text),
  fields: fc.dictionary(fc.oneof(name, text), value, { maxKeys: 12 }),
})

describe('parse and format are inverse of each other', () => {
  it('a written line can be parsed and formatted again', () => {
    fc.assert(
      fc.property(record, (input) => {
        const line = formatMetricLine(input)
        const parsed = parseMetricLine(line)
        expect(parsed).not.toBeNull()
        if (parsed === null) return
        expect(parsed.event).toBe(input.event)
        expect(formatMetricLine(parsed)).toBe(line)
        expect(parseMetricLine(formatMetricLine(parsed))).toEqual(parsed)
      }),
      { numRuns: 3000 },
    )
  })

  it('a value of characters that lines allow reads back unchanged', () => {
    const visible = text.map((raw) =>
      raw.replace(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, '').slice(0, 500),
    )
    const wellFormed = visible.filter(isWellFormed)
    fc.assert(
      fc.property(fc.dictionary(name, wellFormed, { maxKeys: 8 }), (fields) => {
        expect(parseMetricLine(formatMetricLine({ event: 'e', user: 'u', fields }))?.fields).toEqual({ ...fields })
      }),
      { numRuns: 3000 },
    )
  })

  it('numbers, booleans and bigints read back as text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt(), fc.boolean()), (given) => {
        const read = parseMetricLine(formatMetricLine({ event: 'e', fields: { given } }))?.fields.given
        expect(read).toBe(String(given))
      }),
    )
  })

  it('every parsed line is formatted to the same line, also a manipulated one', () => {
    const spoiled = fc
      .tuple(
        record,
        fc.nat(),
        fc.nat({ max: 3 }),
        fc.oneof(text, fc.constantFrom('"', '\\', ' ', '=', ' a=b', ' a="b c"')),
      )
      .map(([input, at, cut, patch]) => {
        const line = formatMetricLine(input)
        const from = at % (line.length + 1)
        return line.slice(0, from) + patch + line.slice(from + cut)
      })
    fc.assert(
      fc.property(spoiled, (line) => {
        const parsed = parseMetricLine(line)
        if (parsed !== null) expect(formatMetricLine(parsed)).toBe(line)
      }),
      { numRuns: 5000 },
    )
  })

  it('every nasty string survives as user and as value', () => {
    for (const nasty of nastyStrings) {
      const line = formatMetricLine({ event: 'e', user: nasty, fields: { value: nasty } })
      const parsed = parseMetricLine(line)
      expect(parsed).not.toBeNull()
      expect(parsed && formatMetricLine(parsed)).toBe(line)
    }
  })
})

describe('valid lines', () => {
  it('the documented one', () => {
    expect(parseMetricLine('[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5')).toStrictEqual({
      event: 'llm_call',
      user: 'user@example.com',
      fields: { model: 'gpt-4', message_count: '5' },
    })
  })

  it('an unknown user is null', () => {
    expect(parseMetricLine('[METRIC] [unknown] error error_type=timeout')?.user).toBeNull()
  })

  it('keys that every object has are ordinary keys', () => {
    const parsed = parseMetricLine('[METRIC] [u] e constructor=a then=b')
    expect(Object.entries(parsed?.fields ?? {})).toEqual([
      ['constructor', 'a'],
      ['then', 'b'],
    ])
  })

  // The quoting rules of Go's slog text handler and of go-logfmt, as far as this grammar includes them.
  const quoting: readonly [written: string, value: string][] = [
    ['bare', 'bare'],
    ['a.b/c:d@e+f-g', 'a.b/c:d@e+f-g'],
    ['a\\b', 'a\\b'],
    ["'", "'"],
    ['{"a":1}'.replaceAll('"', "'"), "{'a':1}"],
    ['""', ''],
    ['"a b"', 'a b'],
    ['" "', ' '],
    ['"a=b"', 'a=b'],
    ['"="', '='],
    ['"\\""', '"'],
    ['"\\\\ "', '\\ '],
    ['"say \\"hi\\""', 'say "hi"'],
    ['"\\"\\\\"', '"\\'],
    ['"a \\\\\\" b"', 'a \\" b'],
    ['µ∑', 'µ∑'],
    ['"µ ∑"', 'µ ∑'],
  ]

  it.each(quoting)('value=%s', (written, expected) => {
    const line = `[METRIC] [u] e value=${written} next=1`
    expect(parseMetricLine(line)?.fields).toEqual({ value: expected, next: '1' })
    expect(formatMetricLine({ event: 'e', user: 'u', fields: { value: expected, next: 1 } })).toBe(line)
  })
})

describe('other lines give null', () => {
  const others: readonly [what: string, line: string][] = [
    ['nothing', ''],
    ['a prefix', '2026-01-28 [METRIC] [u] e'],
    ['a leading space', ' [METRIC] [u] e'],
    ['a trailing space', '[METRIC] [u] e '],
    ['a trailing space after a field', '[METRIC] [u] e a=b '],
    ['a newline', '[METRIC] [u] e\n'],
    ['a carriage return', '[METRIC] [u] e a=b\r'],
    ['two lines', '[METRIC] [u] e\n[METRIC] [u] e'],
    ['no event', '[METRIC] [u]'],
    ['no event but a space', '[METRIC] [u] '],
    ['an event in capitals', '[METRIC] [u] LLM_CALL'],
    ['an event with a dash', '[METRIC] [u] llm-call'],
    ['an event that is a field', '[METRIC] [u] a=b'],
    ['an empty user', '[METRIC] [] e'],
    ['a user with a space', '[METRIC] [bob smith] e'],
    ['a user with a bracket', '[METRIC] [a]b] e'],
    ['another tag', '[METRICS] [u] e'],
    ['a tag in lower case', '[metric] [u] e'],
    ['two spaces', '[METRIC] [u] e  a=b'],
    ['a tab', '[METRIC] [u] e\ta=b'],
    ['a bare key', '[METRIC] [u] e a'],
    ['a key without a value, as Atlas wrote null', '[METRIC] [u] e a='],
    ['a value without a key', '[METRIC] [u] e =b'],
    ['a key in capitals', '[METRIC] [u] e A=b'],
    ['a key that is no name', '[METRIC] [u] e __proto__=b'],
    ['a repeated key', '[METRIC] [u] e a=b a=c'],
    ['needless quotes', '[METRIC] [u] e a="b"'],
    ['quotes that stay open', '[METRIC] [u] e a="b c'],
    ['quotes that close early', '[METRIC] [u] e a="b"c'],
    ['an escape of another character', '[METRIC] [u] e a="b \\n c"'],
    ['a needless escape', '[METRIC] [u] e a="\\b c"'],
    ['a quote in a bare value', '[METRIC] [u] e a=b"c'],
    ['an equals sign in a bare value', '[METRIC] [u] e a=b=c'],
    ['a no-break space in a bare value', '[METRIC] [u] e a=b\u00a0c'],
    ['a bidirectional control', '[METRIC] [u] e a=b\u202ec'],
    ['a zero-width character in the user', '[METRIC] [u\u200b] e'],
    ['an escape character', '[METRIC] [u] e a=\x1b[31m'],
    ['NEL', '[METRIC] [u] e a=b\u0085c'],
    ['a lone surrogate', '[METRIC] [u] e a=b\ud800'],
    ['a user over the maximum length', `[METRIC] [${'u'.repeat(257)}] e`],
    ['a value over the maximum length', `[METRIC] [u] e a=${'b'.repeat(1025)}`],
    [
      'more than the maximum number of fields',
      `[METRIC] [u] e${Array.from({ length: 65 }, (_, i) => ` k${i}=1`).join('')}`,
    ],
    ['forty megabytes', `[METRIC] [u] e a="${'\\"'.repeat(20_000_000)}"`],
    ['the JSON form', '{"time":null,"event":"e","user":null,"fields":{}}'],
  ]

  it.each(others)('%s', (_what, line) => {
    expect(parseMetricLine(line)).toBeNull()
  })

  it('values that are not strings', () => {
    for (const other of [null, undefined, 5, {}, [], Symbol('x')]) expect(parseMetricLine(other as string)).toBeNull()
  })
})
