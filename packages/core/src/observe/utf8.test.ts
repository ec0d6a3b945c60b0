import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createUtf8Counter, utf8Length } from './utf8.js'

// Arbitrary UTF-16 units, including halves of pairs.
const unit = fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd800, max: 0xdfff }), fc.integer({ min: 0x20, max: 0x7e }))
const text = fc.array(unit, { maxLength: 40 }).map((units) => String.fromCharCode(...units))

it('counts the bytes of a text in UTF-8', () => {
  fc.assert(
    fc.property(text, (value) => utf8Length(value) === Buffer.byteLength(value)),
    { numRuns: 2000 },
  )
  for (const value of ['', 'a', 'é', '€', '😀', '\ud83d', '\ude00', '\ude00\ud83d', 'a😀b', '👩‍👩‍👧‍👧']) {
    expect(utf8Length(value)).toBe(Buffer.byteLength(value))
  }
})

it('counts a text in pieces like the whole, wherever it is split', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat(40)), (value, cuts) => {
      const counter = createUtf8Counter()
      const at = [0, ...cuts.map((cut) => Math.min(cut, value.length)).sort((a, b) => a - b), value.length]
      for (let i = 1; i < at.length; i++) counter.add(value.slice(at[i - 1], at[i]))
      expect(counter.bytes).toBe(Buffer.byteLength(value))
    }),
  )
})
