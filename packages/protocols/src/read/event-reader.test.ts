import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventReader } from './event-reader.js'
import { JsonLinesReader } from './json-lines-reader.js'

const done = (): void => undefined

function events(text: string, size: number) {
  const seen: unknown[] = []
  const reader = new EventReader(
    { type: 'text', n: 'number' },
    {
      chunk: (data, name) => seen.push(name === undefined ? data : [name, data]),
      done: () => seen.push('done'),
      invalid: () => seen.push('invalid'),
    },
  )
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size))
  return seen
}

const stream = [
  ': a comment',
  'event: message_start',
  'data: {"type":"start","n":1}',
  '',
  'data:{"n":',
  'data: 2}',
  '',
  'id: 7',
  'event: ping',
  '',
  'data: not json',
  '',
  'data: {"n":3}',
  '',
  'data: [DONE]',
  '',
  '',
]

test.each(['\n', '\r\n', '\r'])('events are read with any line end: %j', (end) => {
  const text = stream.join(end)
  for (let size = 1; size <= text.length; size += 5) {
    expect(events(text, size)).toEqual([
      ['message_start', { type: 'start', n: 1 }],
      { n: 2 },
      'invalid',
      { n: 3 },
      'done',
    ])
  }
})

test('an event without the blank line that ends it is not an event', () => {
  expect(events('data: {"n":1}\n', 3)).toEqual([])
})

test('lines of JSON are read, also a last one without line end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ n: fc.integer(), text: fc.string() })),
      fc.integer({ min: 1, max: 50 }),
      (list, size) => {
        const seen: unknown[] = []
        const reader = new JsonLinesReader({ n: 'number' }, { chunk: ({ n }) => seen.push(n), done, invalid: done })
        const bytes = new TextEncoder().encode(list.map((each) => JSON.stringify(each)).join('\n'))
        for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size))
        reader.end()
        expect(seen).toEqual(list.map(({ n }) => n))
      },
    ),
  )
})

test('a line that is not JSON is invalid, an empty one is not', () => {
  const seen: unknown[] = []
  const reader = new JsonLinesReader(
    { n: 'number' },
    { chunk: ({ n }) => seen.push(n), done, invalid: () => seen.push('invalid') },
  )
  reader.write(new TextEncoder().encode('{"n":1}\n\n{"n":\n{"n":2}\n'))
  reader.end()
  expect(seen).toEqual([1, 'invalid', 2])
})
