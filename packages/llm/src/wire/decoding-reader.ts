import zlib from 'node:zlib'
import type { BodyReader } from '@quipu/protocols'

type Create = () => zlib.Gunzip | zlib.BrotliDecompress

const decoders: { readonly [coding: string]: Create | undefined } = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
  zstd: zstdDecoder(),
}

/** Node 22.15 and later can decode zstd. */
function zstdDecoder(): Create | undefined {
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress')
  return typeof create === 'function' ? () => create() : undefined
}

/**
 * Decodes a body before its reader gets it; the client decodes its own copy. The work is done in threads of Node's
 * pool, so the end of the body is read slightly later than it arrives.
 *
 * @returns the reader to write to; undefined for a coding that this version of Node lacks
 */
export function decodingReader(coding: string, reader: BodyReader): BodyReader | undefined {
  if (coding === '' || coding === 'identity') return reader
  const create = Object.hasOwn(decoders, coding) ? decoders[coding] : undefined
  if (create === undefined) return undefined
  const stream = create()
  let isOver = false
  const end = (): void => {
    if (!isOver) reader.end()
    isOver = true
  }
  stream.on('data', (bytes: Uint8Array) => reader.write(bytes))
  stream.on('end', end)
  // A cut body: the part before the cut counts.
  stream.on('error', end)
  return { write: (bytes) => void stream.write(bytes), end: () => void stream.end() }
}
