import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalText, valueText } from './number-text.js'

describe('a sample value', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [0.1, '0.1'],
    [1e21, '1e+21'],
    [5e-7, '5e-7'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ])('%d is written %s', (value, text) => expect(valueText(value)).toBe(text))
})

describe('a bound', () => {
  // The "Canonical numbers" of OpenMetrics 1.0, and other numbers as formatted by Go's %g and Python's client.
  it.each([
    [0, '0.0'],
    [1, '1.0'],
    [10, '10.0'],
    [0.25, '0.25'],
    [0.001, '0.001'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1e-10, '1e-10'],
    [100_000, '100000.0'],
    [600_000, '600000.0'],
    [1e6, '1e+06'],
    [1_048_576, '1.048576e+06'],
    [1e10, '1e+10'],
    [-0.5, '-0.5'],
    [-2_000_000, '-2e+06'],
    [Number.POSITIVE_INFINITY, '+Inf'],
  ])('%d is written %s', (value, text) => expect(canonicalText(value)).toBe(text))

  it('reads back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(canonicalText(value))).toBe(value === 0 ? 0 : value)
      }),
    )
  })
})
