import { describe, expect, it } from 'vitest'
import { formatAnything } from '../fixtures/format-anything.js'
import { isWellFormed } from '../fixtures/nasty-strings.js'
import { MAX_FIELDS, MAX_USER_LENGTH, MAX_VALUE_LENGTH, type MetricRecord } from './canonical.js'
import { formatMetricLine } from './format.js'

const user = 'user@example.com'

describe('the documented lines are written byte for byte', () => {
  const literals: readonly [promise: string, record: MetricRecord, line: string][] = [
    [
      'A9',
      { event: 'llm_call', user, fields: { model: 'gpt-4', message_count: 5 } },
      '[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5',
    ],
    [
      'A10',
      { event: 'tool_call', user, fields: { tool_name: 'calculator' } },
      '[METRIC] [user@example.com] tool_call tool_name=calculator',
    ],
    [
      'A11',
      { event: 'file_upload', user, fields: { file_size: 1024, content_type: 'application/pdf' } },
      '[METRIC] [user@example.com] file_upload file_size=1024 content_type=application/pdf',
    ],
    [
      'A12',
      { event: 'error', user, fields: { error_type: 'rate_limit' } },
      '[METRIC] [user@example.com] error error_type=rate_limit',
    ],
    [
      'A13',
      { event: 'llm_call', user, fields: { model: 'gpt-4', message_count: 5, tool_count: 2 } },
      '[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5 tool_count=2',
    ],
    [
      'A14',
      { event: 'tool_error', user, fields: { tool_name: 'file_reader' } },
      '[METRIC] [user@example.com] tool_error tool_name=file_reader',
    ],
    [
      'A15',
      { event: 'file_stored', user, fields: { file_size: 2048, content_type: 'image/png', category: 'uploads' } },
      '[METRIC] [user@example.com] file_stored file_size=2048 content_type=image/png category=uploads',
    ],
    [
      'A63',
      { event: 'error', user: null, fields: { error_type: 'timeout' } },
      '[METRIC] [unknown] error error_type=timeout',
    ],
  ]

  it.each(literals)('%s', (_promise, record, line) => {
    expect(formatMetricLine(record)).toBe(line)
  })
})

describe('the shape of a line', () => {
  it('has no trailing space when there are no fields', () => {
    expect(formatMetricLine({ event: 'llm_call', user })).toBe('[METRIC] [user@example.com] llm_call')
    expect(formatMetricLine({ event: 'llm_call', user, fields: {} })).toBe('[METRIC] [user@example.com] llm_call')
    expect(formatMetricLine({ event: 'llm_call', user, fields: { model: null } })).toBe(
      '[METRIC] [user@example.com] llm_call',
    )
  })

  it('keeps the order of the fields', () => {
    const fields = { zebra: 1, apple: 2, mango: 3 }
    expect(formatMetricLine({ event: 'e', user, fields })).toBe('[METRIC] [user@example.com] e zebra=1 apple=2 mango=3')
  })

  it('ignores the time, which is only in the JSON form', () => {
    expect(formatMetricLine({ event: 'e', user, unixMs: 5 })).toBe('[METRIC] [user@example.com] e')
  })
})

describe('values', () => {
  const values: readonly [what: string, value: unknown, written: string | undefined][] = [
    ['a word', 'gpt-4', 'gpt-4'],
    ['a model id with colons and slashes', 'us.anthropic/claude-3:v1', 'us.anthropic/claude-3:v1'],
    ['letters of any script', '田中', '田中'],
    ['an emoji', '\u{1f600}', '\u{1f600}'],
    ['brackets', '[x]', '[x]'],
    ['a backslash', 'a\\b', 'a\\b'],
    ['a comma and a semicolon', 'a,b;c', 'a,b;c'],
    ['nothing', '', '""'],
    ['a space', 'gpt 4', '"gpt 4"'],
    ['only a space', ' ', '" "'],
    ['a no-break space', 'gpt\u00a04', '"gpt\u00a04"'],
    ['an equals sign', 'a=b', '"a=b"'],
    ['a quote', 'say "hi"', '"say \\"hi\\""'],
    ['a quote alone', '"', '"\\""'],
    ['a backslash beside a space', 'a \\ b', '"a \\\\ b"'],
    ['a parameter of a media type', 'text/plain; charset=utf-8', '"text/plain; charset=utf-8"'],
    ['a forged key', 'gpt 4 message_count=99', '"gpt 4 message_count=99"'],
    ['a line break', 'line1\r\nline2', 'line1line2'],
    ['a tab', 'a\tb', 'ab'],
    ['NEL and the Unicode line separators', 'a\u0085b\u2028c\u2029d', 'abcd'],
    ['an escape sequence', '\x1b[31mred', '[31mred'],
    ['bidirectional controls', 'a\u202eb\u2066c', 'abc'],
    ['zero-width characters', 'a\u200bb\ufeffc', 'abc'],
    ['characters that are drawn as nothing', 'a\ufe0fb\u3164c\u034fd\u{e0100}e', 'abcde'],
    ['a surrogate without a partner', 'a\ud800b\udc00c', 'abc'],
    ['surrogates that would join when what is between them goes', '\ud83d\n\ude00', '""'],
    ['zero', 0, '0'],
    ['minus zero', -0, '0'],
    ['a whole float', 1.0, '1'],
    ['a fraction', 0.1, '0.1'],
    ['a large number', 1e21, '1e+21'],
    ['a small number', 5e-324, '5e-324'],
    ['true', true, 'true'],
    ['false', false, 'false'],
    ['a bigint', 12345678901234567890n, '12345678901234567890'],
    ['a bigint whose digits would be cut', 10n ** 2000n, undefined],
    ['null', null, undefined],
    ['undefined', undefined, undefined],
    ['NaN', Number.NaN, undefined],
    ['Infinity', Number.POSITIVE_INFINITY, undefined],
    ['-Infinity', Number.NEGATIVE_INFINITY, undefined],
    ['a list', ['a', 'b'], undefined],
    ['an object', { a: 1 }, undefined],
    ['a date without a time', new Date(Number.NaN), undefined],
    ['a symbol', Symbol('s'), undefined],
    ['a function', () => 'secret', undefined],
    ['a boxed string', Object('boxed'), undefined],
  ]

  it.each(values)('%s', (_what, value, written) => {
    const line = formatAnything({ event: 'e', user, fields: { before: 1, value, after: 2 } })
    const middle = written === undefined ? '' : ` value=${written}`
    expect(line).toBe(`[METRIC] [user@example.com] e before=1${middle} after=2`)
  })

  it('never calls toString, valueOf or toJSON of values', () => {
    const spoil = () => {
      throw new Error('called')
    }
    const value = { toString: spoil, valueOf: spoil, toJSON: spoil, [Symbol.toPrimitive]: spoil }
    expect(formatAnything({ event: 'e', user: value, fields: { value } })).toBe('[METRIC] [unknown] e')
  })

  it('cuts a megabyte at the documented length', () => {
    const line = formatMetricLine({ event: 'e', user, fields: { value: 'x'.repeat(1_000_000) } })
    expect(line).toBe(`[METRIC] [user@example.com] e value=${'x'.repeat(MAX_VALUE_LENGTH)}`)
  })

  it('does not split a character', () => {
    const line = formatMetricLine({ event: 'e', user, fields: { value: `x${'\u{1f600}'.repeat(1000)}` } })
    expect(isWellFormed(line)).toBe(true)
    expect(line).toBe(`[METRIC] [user@example.com] e value=x${'\u{1f600}'.repeat((MAX_VALUE_LENGTH - 2) / 2)}`)
  })
})

describe('users', () => {
  const users: readonly [what: string, user: unknown, written: string][] = [
    ['an address', 'user@example.com', '[user@example.com]'],
    ['null', null, '[unknown]'],
    ['undefined', undefined, '[unknown]'],
    ['empty', '', '[unknown]'],
    ['only control characters', '\n\r\0', '[unknown]'],
    ['only whitespace', ' \u00a0 ', '[unknown]'],
    ['only zero-width characters', '\u200b\ufeff', '[unknown]'],
    ['a number', 42, '[unknown]'],
    ['an object', { name: 'x' }, '[unknown]'],
    ['a name with a space', 'bob smith', '[bob_smith]'],
    ['a name with a no-break space', 'bob\u00a0smith', '[bob_smith]'],
    ['a forged event', 'a] llm_call x=[b', '[a__llm_call_x=_b]'],
    ['a forged line', 'a]\n[METRIC] [b', '[a__METRIC___b]'],
    ['quotes and backslashes', 'a"\\b', '[a"\\b]'],
  ]

  it.each(users)('%s', (_what, who, written) => {
    expect(formatAnything({ event: 'e', user: who })).toBe(`[METRIC] ${written} e`)
  })

  it('cuts a long user at the documented length', () => {
    expect(formatMetricLine({ event: 'e', user: 'u'.repeat(10_000) })).toBe(
      `[METRIC] [${'u'.repeat(MAX_USER_LENGTH)}] e`,
    )
  })
})

describe('events and keys', () => {
  const notNames = [
    '',
    'LLM',
    'llm-call',
    'llm call',
    '1st',
    '_x',
    '__proto__',
    'llm_call\n',
    'a=b',
    'é',
    'x'.repeat(65),
  ]

  it.each(notNames)('an event called %j has no line', (event) => {
    expect(formatMetricLine({ event, user })).toBe('')
  })

  it.each(notNames)('a key called %j is left out', (key) => {
    const fields = Object.fromEntries([
      [key, 'secret'],
      ['kept', 1],
    ])
    expect(formatMetricLine({ event: 'e', user, fields })).toBe('[METRIC] [user@example.com] e kept=1')
  })

  it('an event that is not a string has no line', () => {
    for (const event of [null, undefined, 5, {}, Symbol('e'), ['llm_call']]) expect(formatAnything({ event })).toBe('')
  })

  it('names that every object has are ordinary keys', () => {
    const fields = JSON.parse('{"constructor":"a","__proto__":"b","prototype":"c","then":"d"}')
    expect(formatMetricLine({ event: 'constructor', user, fields })).toBe(
      '[METRIC] [user@example.com] constructor constructor=a prototype=c then=d',
    )
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false)
  })

  it('does not read inherited properties', () => {
    const fields = Object.create({ inherited: 'secret' })
    fields.own = 1
    expect(formatMetricLine({ event: 'e', user, fields })).toBe('[METRIC] [user@example.com] e own=1')
  })

  it('writes the first 64 of a thousand keys', () => {
    const fields = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, index]))
    const line = formatMetricLine({ event: 'e', user, fields })
    expect(line.split(' ')).toHaveLength(3 + MAX_FIELDS)
    expect(line.endsWith(' k63=63')).toBe(true)
  })
})
