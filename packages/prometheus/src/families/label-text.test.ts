import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanForeignText, escapeHelp, escapeLabelValue, unescapeLabelValue } from './label-text.js'

it('any label value reads back unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      expect(unescapeLabelValue(escapeLabelValue(value))).toBe(value)
    }),
  )
})

it('an escaped value never ends a line or its quotes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      expect(escapeLabelValue(value)).toMatch(/^(?:[^"\\\n]|\\[\\"n])*$/)
    }),
  )
})

describe('foreign text', () => {
  it.each([
    ['a\rb', 'ab'],
    ['a\0b', 'ab'],
    ['a\x1b[31mb', 'a[31mb'],
    ['a\x85b', 'ab'],
    ['a\u2028b', 'ab'],
    ['a\u202eb', 'ab'],
    ['\ufeffa', 'a'],
    ['a\ud800b', 'a\ufffdb'],
    ['a\nb', 'a\nb'],
    ['é🙂', 'é🙂'],
  ])('%j becomes %j', (value, cleaned) => expect(cleanForeignText(value)).toBe(cleaned))
})

describe('help text', () => {
  it('escapes quotes in OpenMetrics only', () => {
    expect(escapeHelp('say "a\\b"\nc', false)).toBe('say "a\\\\b"\\nc')
    expect(escapeHelp('say "a\\b"\nc', true)).toBe('say \\"a\\\\b\\"\\nc')
  })
})
