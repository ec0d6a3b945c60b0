import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeFrame, encodeFrame, parseSpoolFileName, spoolFileName } from './spool-file.js'

test('a written file can be read, and one changed bit is detected', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), fc.integer({ min: 0, max: 7 }), (body, at, bit) => {
      const content = encodeFrame(body)
      expect(Buffer.from(decodeFrame(content) ?? [1])).toEqual(Buffer.from(body))
      const spoilt = Buffer.from(content)
      spoilt[at % spoilt.length] = (spoilt[at % spoilt.length] ?? 0) ^ (1 << bit)
      expect(decodeFrame(spoilt)).toBeUndefined()
      expect(decodeFrame(content.subarray(0, at % content.length))).toBeUndefined()
    }),
  )
})

test('a file’s name contains its time, its index and its number of points, and sorts by them', () => {
  const batch = fc.record({
    unixMs: fc.nat({ max: 9_999_999_999_999 }),
    sequence: fc.nat({ max: 99_999_999 }),
    count: fc.nat({ max: 999_999_999 }),
    encoding: fc.constantFrom('json' as const, 'protobuf' as const),
  })
  fc.assert(
    fc.property(batch, batch, (a, b) => {
      expect(parseSpoolFileName(spoolFileName(a))).toEqual(a)
      if (a.unixMs < b.unixMs) expect(spoolFileName(a) < spoolFileName(b)).toBe(true)
    }),
  )
  expect(parseSpoolFileName('notes.txt')).toBeUndefined()
})
