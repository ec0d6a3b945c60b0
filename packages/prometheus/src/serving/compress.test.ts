import zlib from 'node:zlib'
import { expect, it } from 'vitest'
import { availableCodings, compress } from './compress.js'

const pieces = Array.from({ length: 50 }, (_, i) => Buffer.from(`line ${i}\n`.repeat(1000)))

it.each(availableCodings())('%s restores the input from fewer bytes', async (coding) => {
  const compressed = Buffer.concat(await compress(pieces, coding))
  expect(compressed.length).toBeLessThan(Buffer.concat(pieces).length / 10)
  const read = coding === 'gzip' ? zlib.gunzipSync(compressed) : zstdDecompress(compressed)
  expect(read.equals(Buffer.concat(pieces))).toBe(true)
})

it('identity keeps the bytes', async () => expect(await compress(pieces, 'identity')).toBe(pieces))

it('zstd comes first if Node has it, and gzip is always available', () => {
  expect(availableCodings()).toEqual('createZstdCompress' in zlib ? ['zstd', 'gzip'] : ['gzip'])
})

function zstdDecompress(bytes: Buffer): Buffer {
  const decompress: unknown = Reflect.get(zlib, 'zstdDecompressSync')
  return typeof decompress === 'function' ? decompress(bytes) : Buffer.alloc(0)
}
