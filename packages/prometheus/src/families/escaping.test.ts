import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeName, isLegacyName } from './escaping.js'

/** Decodes a name in `values`, as Prometheus' document describes it. */
function unescapeValues(name: string): string {
  if (!name.startsWith('U__')) return name
  return name
    .slice(3)
    .replace(/__|_([0-9a-fA-F]+)_/g, (_, hex: string | undefined) =>
      hex === undefined ? '_' : String.fromCodePoint(Number.parseInt(hex, 16)),
    )
}

describe('a name', () => {
  it.each([
    ['user_action_total', 'user_action_total', 'user__action__total', 'user_action_total'],
    ['cpu.load', 'cpu_load', 'cpu_dot_load', 'U__cpu_2e_load'],
    ['cpu.load_total', 'cpu_load_total', 'cpu_dot_load__total', 'U__cpu_2e_load__total'],
    ['http.status:sum', 'http_status:sum', 'http_dot_status:sum', 'U__http_2e_status:sum'],
    ['1st', '_st', '__st', 'U___31_st'],
    ['a b😱', 'a_b_', 'a__b__', 'U__a_20_b_1f631_'],
    ['\ud800', '_', '__', 'U___FFFD_'],
  ])('%j is %s, %s or %s', (name, underscores, dots, values) => {
    expect(escapeName(name, 'underscores')).toBe(underscores)
    expect(escapeName(name, 'dots')).toBe(dots)
    expect(escapeName(name, 'values')).toBe(values)
    expect(escapeName(name, 'allow-utf-8')).toBe(name)
  })

  it('of a label has no colon', () => {
    expect(escapeName('a:b', 'values', 'label')).toBe('U__a_3a_b')
    expect(escapeName('a:b', 'values')).toBe('a:b')
  })

  it('is legal in every escaping scheme and can be decoded from `values`', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.constantFrom('metric', 'label'), (name, place) => {
        for (const scheme of ['underscores', 'dots', 'values'] as const) {
          expect(isLegacyName(escapeName(name, scheme, place), place)).toBe(true)
        }
        if (!name.startsWith('U__')) expect(unescapeValues(escapeName(name, 'values', place))).toBe(name)
      }),
    )
  })
})
