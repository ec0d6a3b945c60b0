import { expect, test } from 'vitest'
import { StartReader } from './start-reader.js'

const line = '{"id":"batch_req_1","custom_id":"a","response":null}\n'

/** Passes a body in pieces, and returns what was passed on and how often the reader gave up. */
function read(body: string, size: number) {
  const passed: string[] = []
  let others = 0
  const next = {
    write: (bytes: Uint8Array) => void passed.push(Buffer.from(bytes).toString()),
    end: () => void passed.push('.'),
  }
  const reader = new StartReader('custom_id', next, () => others++)
  const bytes = Buffer.from(body)
  for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size))
  reader.end()
  return { passed: passed.join(''), others }
}

test.each([1, 7, 100_000])('a body with the member is passed on unchanged, in pieces of %d bytes', (size) => {
  expect(read(line.repeat(100), size)).toEqual({ passed: `${line.repeat(100)}.`, others: 0 })
})

test.each([
  ['an image', '\u0089PNG'.repeat(1000)],
  ['a list', `[${line}]`],
  ['an object without the member', `{"messages":"${'a'.repeat(1000)}"}`],
  ['an object with the member after its first bytes', `{"messages":"${'a'.repeat(1000)}","custom_id":1}`],
])('of %s nothing is passed on', (_, body) => {
  for (const size of [1, 7, 100_000]) expect(read(body, size)).toEqual({ passed: '', others: 1 })
})

test('a short object without the member is not passed on', () => {
  expect(read('{"a":1}', 3)).toEqual({ passed: '', others: 0 })
})
