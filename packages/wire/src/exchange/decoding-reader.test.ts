import zlib from 'node:zlib'
import { expect, test } from 'vitest'
import { decodingReader } from './decoding-reader.js'

const text = 'a text that is sent in chunks, '.repeat(40)

/** Writes a body in chunks of 7 bytes, and returns what was read of it. */
function read(codings: string | undefined, body: Uint8Array): Promise<string | undefined> {
  return new Promise((resolve) => {
    const decoded: Uint8Array[] = []
    const sink = { write: (bytes: Uint8Array) => void decoded.push(bytes), end: () => {} }
    const reader = decodingReader(codings, sink, () => resolve(Buffer.concat(decoded).toString()))
    if (reader === undefined) {
      resolve(undefined)
      return
    }
    for (let i = 0; i < body.length; i += 7) reader.write(body.subarray(i, i + 7))
    reader.end()
  })
}

test.each([
  ['no coding', undefined, Buffer.from(text)],
  ['identity', 'identity', Buffer.from(text)],
  ['gzip, in capitals', 'GZIP', zlib.gzipSync(text)],
  ['br', 'br', zlib.brotliCompressSync(text)],
  ['deflate', 'deflate', zlib.deflateSync(text)],
  ['deflate without the header of zlib', 'deflate', zlib.deflateRawSync(text)],
  ['gzip without its last bytes', 'gzip', zlib.gzipSync(text).subarray(0, -8)],
  ['two codings, of which the last is undone first', 'gzip, br', zlib.brotliCompressSync(zlib.gzipSync(text))],
])('a body is read: %s', async (_, codings, body) => {
  expect(await read(codings, body)).toBe(text)
})

test('a body without bytes ends, also with a coding', async () => {
  expect(await read('gzip, br', Buffer.alloc(0))).toBe('')
})

test('a body that is not of its coding ends', async () => {
  expect(await read('gzip, br', Buffer.from(text))).toBe('')
})

test.each([
  ['an unknown coding', 'gzip, compress'],
  ['more codings than clients accept', 'gzip,gzip,gzip,gzip,gzip,gzip'],
])('a body is not read: %s', async (_, codings) => {
  expect(await read(codings, zlib.gzipSync(text))).toBeUndefined()
})
