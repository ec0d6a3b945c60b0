import fc from 'fast-check'
import { expect, test } from 'vitest'
import { marksOf, runEnd } from './run-end.js'

test('the end of a run is that of a search byte by byte, for any range and distance', () => {
  const byte = fc.oneof({ weight: 400, arbitrary: fc.constant(0x30) }, fc.integer({ min: 0, max: 255 }))
  const marks = fc.uniqueArray(fc.constantFrom('"', '\\', ']', '[', '0'), { minLength: 1 })
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 30 }),
      fc.array(byte, { maxLength: 6000, size: 'max' }),
      marks,
      fc.nat(40),
      fc.nat(40),
      (head, body, characters, from, tail) => {
        const bytes = Uint8Array.from([...head, ...body])
        const to = Math.max(from, bytes.length - tail)
        const codes = characters.map((each) => each.charCodeAt(0))
        let expected = from
        while (expected < to && !codes.includes(bytes[expected] ?? -1)) expected++
        expect(runEnd(bytes, from, to, marksOf(characters.join('')))).toBe(expected)
      },
    ),
    { numRuns: 400 },
  )
})
