import zlib from 'node:zlib'
import type { BodyReader } from '@quipu/protocols'

type Decoder = zlib.Gunzip | zlib.BrotliDecompress | zlib.InflateRaw
/** @param first the first byte of the body */
type Create = (first: number) => Decoder

// As clients do: what has arrived is decoded, and a body may lack its last bytes.
const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants
const eager = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH }
const eagerBrotli = { flush: BROTLI_OPERATION_FLUSH, finishFlush: BROTLI_OPERATION_FLUSH }

const decoders: { readonly [coding: string]: Create | undefined } = {
  gzip: () => zlib.createGunzip(eager),
  'x-gzip': () => zlib.createGunzip(eager),
  // Some servers omit the zlib header, which begins with 8 in its low bits (RFC 1950); clients accept both.
  deflate: (first) => ((first & 0x0f) === 8 ? zlib.createInflate(eager) : zlib.createInflateRaw(eager)),
  br: () => zlib.createBrotliDecompress(eagerBrotli),
  zstd: zstdDecoder(),
}

/** Maximum number of codings of one body; clients refuse more. */
const MAX_CODINGS = 5

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

/** Decodes a body for the next reader, from its first byte on. */
class DecodingReader implements BodyReader {
  readonly #create: Create
  readonly #next: BodyReader
  #decoder: Decoder | undefined

  constructor(create: Create, next: BodyReader) {
    this.#create = create
    this.#next = next
  }

  write(bytes: Uint8Array): void {
    const first = bytes[0]
    if (first === undefined) return
    this.#decoder ??= this.#open(first)
    this.#decoder.write(bytes)
  }

  end(): void {
    if (this.#decoder === undefined) this.#next.end()
    else this.#decoder.end()
  }

  #open(first: number): Decoder {
    const decoder = this.#create(first)
    decoder.on('data', (bytes: Uint8Array) => this.#next.write(bytes))
    decoder.on('end', () => this.#next.end())
    // A cut body: the part before the cut counts.
    decoder.on('error', () => this.#next.end())
    return decoder
  }
}

/**
 * Decodes a body before its reader gets it; the client decodes its own copy. The work is done in threads of Node's
 * pool, so the end of the body is read slightly later than it arrives.
 *
 * @param codings the header `content-encoding`: codings in the order in which they were applied
 * @param onEnd is called once, after the end of the body was read
 * @returns the reader to write to; undefined for a coding that this version of Node lacks
 */
export function decodingReader(
  codings: string | undefined,
  reader: BodyReader,
  onEnd: () => void,
): BodyReader | undefined {
  let next: BodyReader = new EndedReader(reader, onEnd)
  const names = codings?.toLowerCase().split(',', MAX_CODINGS + 1) ?? []
  if (names.length > MAX_CODINGS) return undefined
  for (const each of names) {
    const name = each.trim()
    if (name === '' || name === 'identity') continue
    const create = Object.hasOwn(decoders, name) ? decoders[name] : undefined
    if (create === undefined) return undefined
    next = new DecodingReader(create, next)
  }
  return next
}
