import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { interned } from './interned.js'

test('an interned text equals its original', () => {
  for (const text of ['__proto__', 'constructor', '200', '-1', '', '\ud800', 'a\u2028b'])
    expect(interned(text)).toBe(text)
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => interned(text) === text))
})
