import { describe, expect, it } from 'vitest'
import { declaredLabelName, labelWriter, pageLabelName } from './label-names.js'

describe('the name of a foreign attribute on a page', () => {
  it.each([
    ['http.route', 'gauge', 'http_route'],
    ['a..b', 'gauge', 'a_b'],
    ['a__b', 'gauge', 'a_b'],
    ['__name__', 'gauge', '_name_'],
    ['2xx', 'gauge', 'key_2xx'],
    ['', 'gauge', '_'],
    ['été', 'gauge', '_t_'],
    ['le', 'histogram', 'exported_le'],
    ['le', 'counter', 'le'],
    ['quantile', 'summary', 'exported_quantile'],
  ] as const)('of %j on a %s is %s', (name, type, expected) => expect(pageLabelName(name, type)).toBe(expected))
})

describe('the name of a declared label on a page', () => {
  it.each([
    ['feature_name', 'counter', 'feature_name'],
    ['a__b', 'counter', 'a__b'],
    ['gen_ai.operation.name', 'counter', 'gen_ai_operation_name'],
    ['__x', 'counter', '_x'],
    ['le', 'histogram', 'exported_le'],
  ] as const)('of %j on a %s is %s', (name, type, expected) => expect(declaredLabelName(name, type)).toBe(expected))
})

describe('the label text of a series', () => {
  it('has the labels in the order of their declaration', () => {
    expect(labelWriter(['model', 'endpoint'], 'counter')(['gpt-4', 'chat'])).toBe('model="gpt-4",endpoint="chat"')
  })

  it('escapes quotes, backslashes and line feeds, and nothing else', () => {
    expect(labelWriter(['a'], 'counter')(['"\\\n|{},=#é🙂'])).toBe('a="\\"\\\\\\n|{},=#é🙂"')
  })

  it('leaves out an undefined label', () => {
    expect(labelWriter(['a', 'b', 'c'], 'counter')(['1', undefined, ''])).toBe('a="1"')
  })

  it('joins labels of one name on the page with ; in the order of their own names', () => {
    expect(labelWriter(['a_b', 'x', 'a.b'], 'counter')(['second', 'x', 'first'])).toBe('a_b="first;second",x="x"')
    expect(labelWriter(['a_b', 'a.b'], 'counter')(['only', undefined])).toBe('a_b="only"')
  })

  it('is empty without labels', () => expect(labelWriter([], 'gauge')([])).toBe(''))
})
