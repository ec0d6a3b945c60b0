import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Base64Reader } from './base64-reader.js'

function decode(text: string, size: number): Buffer {
  const pieces: Uint8Array[] = []
  const reader = new Base64Reader((bytes) => pieces.push(bytes))
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size))
  return Buffer.concat(pieces)
}

test('the member `bytes` is decoded for any split of its object and any other members', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 1, max: 30 }),
      fc.constantFrom(['', ',"p":"abcd"'], ['"p":"byte",', ''], ['"by":1,', '']),
      (content, size, [before = '', after = '']) => {
        const text = `{${before}"bytes":"${Buffer.from(content).toString('base64')}"${after}}`
        expect(decode(text, size)).toEqual(Buffer.from(content))
      },
    ),
  )
})

test('an object without it has no value', () => {
  expect(decode('{"delta":{"text":"bytes"}}', 4)).toEqual(Buffer.alloc(0))
})
