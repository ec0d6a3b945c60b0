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

/** Reads a body, and reports once that it was read to its end. */
class EndedReader implements BodyReader {
  readonly #reader: BodyReader
  #onEnd: (() => void) | undefined

  constructor(reader: BodyReader, onEnd: () => void) {
    this.#reader = reader
    this.#onEnd = onEnd
  }

  write(bytes: Uint8Array): void {
    this.#reader.write(bytes)
  }

  end(): void {
    const onEnd = this.#onEnd
    if (onEnd === undefined) return
    this.#onEnd = undefined
    this.#reader.end()
    onEnd()
  }
}

/**
 * Decodes a body before its reader gets it; the client decodes its own copy. The work is done in threads of Node's
 * pool, so the end of the body is read slightly later than it arrives.
 *
 * @param coding the header `content-encoding`
 * @param onEnd is called once, after the end of the body was read
 * @returns the reader to write to; undefined for a coding that this version of Node lacks
 */
export function decodingReader(
  coding: string | undefined,
  reader: BodyReader,
  onEnd: () => void,
): BodyReader | undefined {
  const whole = new EndedReader(reader, onEnd)
  const name = coding?.toLowerCase().trim() ?? ''
  if (name === '' || name === 'identity') return whole
  const create = Object.hasOwn(decoders, name) ? decoders[name] : undefined
  if (create === undefined) return undefined
  const stream = create()
  stream.on('data', (bytes: Uint8Array) => whole.write(bytes))
  stream.on('end', () => whole.end())
  // A cut body: the part before the cut counts.
  stream.on('error', () => whole.end())
  return { write: (bytes) => void stream.write(bytes), end: () => void stream.end() }
}
