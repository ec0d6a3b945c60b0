import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonReader } from './json-reader.js'
import type { Selection } from './selection.js'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

function read<const S extends Selection>(selection: S, text: string, size = text.length) {
  const reader = new JsonReader(selection)
  const bytes = bytesOf(text)
  for (let at = 0; at < bytes.length; at += Math.max(1, size)) reader.write(bytes.subarray(at, at + Math.max(1, size)))
  reader.end()
  return reader.value
}

const answer = {
  model: 'text',
  usage: 'numbers',
  choices: [{ message: { content: 'bytes', tool_calls: 'items', reasoning: 'present' }, finish_reason: 'text' }],
} as const

test('only the selected values of a response are read', () => {
  const text = JSON.stringify({
    id: 'secret-id',
    model: 'gpt-4',
    choices: [
      { message: { role: 'assistant', content: 'héllo\n', tool_calls: [{ a: [1, 2] }, {}] }, finish_reason: 'stop' },
      { message: { content: null, tool_calls: [], reasoning: 'because' } },
    ],
    usage: { prompt_tokens: 120, details: { cached: 3, text: 'x' }, cost: 1.5e-3, note: null, list: [1] },
  })
  const expected = {
    model: 'gpt-4',
    choices: [
      { message: { content: 7, tool_calls: 2 }, finish_reason: 'stop' },
      { message: { tool_calls: 0, reasoning: true } },
    ],
    usage: { prompt_tokens: 120, details: { cached: 3 }, cost: 0.0015 },
  }
  for (let size = 1; size <= text.length; size += 7) expect(read(answer, text, size)).toEqual(expected)
})

test.each<[what: string, text: string]>([
  ['cut off', '{"model":"gpt-4"'],
  ['no JSON', '<html>'],
  ['a word', 'unavailable'],
  ['without a colon', '{"model" "gpt-4"}'],
  ['with a stray bracket', '{"model":"gpt-4"]'],
  ['empty', ''],
])('a document that is %s has no value', (_, text) => {
  expect(read(answer, text)).toBeUndefined()
})

test.each<[selection: Selection, text: string, expected: unknown]>([
  ['items', '[1,[2,3],{"a":4}]', 3],
  ['items', '"text"', 1],
  ['items', '{"a":[1,2]}', 1],
  ['items', '[ ]', 0],
  ['items', 'null', undefined],
  ['present', '{}', false],
  ['present', '{"a":0}', true],
  ['present', '""', false],
  ['number', '"120"', 120],
  ['number', '" 120"', undefined],
  ['number', '-1.5e3', -1500],
  ['flag', 'true', true],
  ['flag', '"true"', undefined],
  ['text', '429', '429'],
  ['text', 'true', undefined],
  ['text', '"a\\u00e9\\"b"', 'aé"b'],
  ['text', `"${'a'.repeat(257)}"`, undefined],
  ['bytes', '"\\ud83d\\ude00"', 4],
  ['bytes', '"\\ud83d"', 3],
  [{ a: 'text' }, '{"a":"1","a":null}', {}],
  [{ a: 'text' }, '{"\\u0061":"1"}', { a: '1' }],
  ['numbers', '{"__proto__":{"a":1},"constructor":2}', { constructor: 2 }],
])('%j of %s is %j', (selection, text, expected) => {
  expect(read(selection, text, 1)).toEqual(expected)
  expect(read(selection, text)).toEqual(expected)
})

function isPresent(value: unknown): boolean {
  if (typeof value === 'number') return true
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value)
}

describe('for any document', () => {
  const json = fc.jsonValue({ maxDepth: 4 })
  const pieces = fc.integer({ min: 1, max: 40 })

  test('bytes, items and texts equal those of JSON.parse for any split', () => {
    fc.assert(
      fc.property(
        json,
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.array(json),
        pieces,
        (other, text, list, size) => {
          const source = JSON.stringify({ other, text, list, short: 'id', n: 7 })
          const value = read({ text: 'bytes', list: 'items', short: 'text', n: 'number' }, source, size)
          expect(value).toEqual({
            text: Buffer.byteLength(JSON.parse(source).text),
            list: list.length,
            short: 'id',
            n: 7,
          })
        },
      ),
      { numRuns: 500 },
    )
  })

  // Long enough for all ranges of the search, which starts at 24 bytes and ends at the end of a piece.
  const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 300 })
  const long = fc.tuple(fc.string({ unit: 'binary', maxLength: 8 }), fc.nat(900)).map(([text, n]) => text.repeat(n))
  const listed = fc.oneof(json, numbers, long, fc.record({ object: json, index: fc.nat(), embedding: numbers }))

  test('long lists and strings are skipped and counted as JSON.parse has them, for any pieces and indentation', () => {
    fc.assert(
      fc.property(
        fc.array(listed, { maxLength: 5 }),
        numbers,
        json,
        fc.constantFrom(undefined, 1, '\t\n', '\r\n  '),
        fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 20 }),
        (list, flat, any, indent, sizes) => {
          const source = JSON.stringify({ skipped: list, data: list, flat, any, usage: { total: 7 } }, null, indent)
          const reader = new JsonReader({ data: 'items', flat: 'items', any: 'present', usage: 'numbers' })
          const bytes = bytesOf(source)
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = sizes[i % sizes.length] ?? 1
            reader.write(bytes.subarray(at, at + size))
            at += size
          }
          reader.end()
          expect(reader.value).toEqual({
            data: list.length,
            flat: flat.length,
            ...(any !== null && { any: isPresent(any) }),
            usage: { total: 7 },
          })
        },
      ),
      { numRuns: 300 },
    )
  })

  test('no bytes cause an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), pieces, (bytes, size) => {
        const reader = new JsonReader(answer)
        for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size))
        reader.end()
        void reader.value
      }),
    )
  })
})

test.each([1, 2, 100])('a byte order mark before a document is no part of it, in pieces of %d bytes', (size) => {
  expect(read({ model: 'text' }, '\ufeff{"model":"gpt-4"}', size)).toEqual({ model: 'gpt-4' })
  expect(read({ model: 'text' }, '{\ufeff"model":"gpt-4"}', size)).toBeUndefined()
})

test('a reset reader reads another document', () => {
  const reader = new JsonReader({ a: 'number' })
  reader.write(bytesOf('{"a":1}'))
  expect(reader.value).toEqual({ a: 1 })
  reader.reset()
  reader.write(bytesOf('{"a":2}'))
  expect(reader.value).toEqual({ a: 2 })
})

test('texts of the same length in later documents are read again', () => {
  const reader = new JsonReader({ model: 'text', id: 'text' })
  const read = (text: string) => {
    reader.reset()
    reader.write(bytesOf(text))
    return reader.value
  }
  expect(read('{"model":"gpt-4","id":"a1"}')).toEqual({ model: 'gpt-4', id: 'a1' })
  expect(read('{"model":"gpt-4","id":"a2"}')).toEqual({ model: 'gpt-4', id: 'a2' })
  expect(read('{"model":"gpt-5","id":"a2"}')).toEqual({ model: 'gpt-5', id: 'a2' })
  expect(read('{"model":"gpt-5"}')).toEqual({ model: 'gpt-5' })
})
