import { coalesce } from '../coalesce.js'
import type { PageFormat } from '../writing/format.js'
import type { Page } from '../writing/page.js'
import type { OnPiece } from '../writing/page-output.js'
import { type Compressor, compress, createCompressor, MIN_COMPRESSED_BYTES } from './compress.js'
import type { ContentCoding } from './negotiate.js'

export interface PageRequest {
  readonly format: PageFormat
  readonly names: readonly string[]
  readonly coding: ContentCoding
  readonly timeoutMs: number
}

/** A page's encoded body. */
export interface EncodedPage {
  readonly pieces: readonly Uint8Array[]
  readonly coding: ContentCoding
}

/** Renders and compresses a page for several clients at once. */
export interface PageRenderer {
  /** Rejects with `TimedOut` after the time limit, or with the error of the rendering. */
  render(request: PageRequest): Promise<EncodedPage>
}

/** Concurrent requests for the same page and encoding share one collection, one rendering and one compression. */
export function createPageRenderer(page: Page, onError: ((error: unknown) => void) | undefined): PageRenderer {
  const renderings = new Map<string, (timeoutMs: number) => Promise<EncodedPage>>()
  return {
    render({ format, names, coding, timeoutMs }) {
      const key = JSON.stringify([format.language, format.escaping, coding, ...names])
      const shared =
        renderings.get(key) ??
        coalesce((timeout) => encode(page, { format, names, timeoutMs: timeout, onError }, coding))
      renderings.set(key, shared)
      // Clients choose the names in the key, so an entry is deleted when its first request has been answered.
      return shared(timeoutMs).finally(() => renderings.delete(key))
    },
  }
}

async function encode(
  page: Page,
  rendering: Parameters<Page['render']>[0],
  coding: ContentCoding,
): Promise<EncodedPage> {
  if (coding !== 'identity' && page.stream !== undefined) {
    return compressed((take) => page.stream?.(take, rendering) ?? Promise.resolve(), coding)
  }
  const { pieces, byteLength } = await page.render(rendering)
  if (byteLength < MIN_COMPRESSED_BYTES) return { pieces, coding: 'identity' }
  return { pieces: await compress(pieces, coding), coding }
}

/** Compresses while the page is written: of a page of 60 MB, at most two pieces are in memory. */
async function compressed(
  write: (take: OnPiece) => Promise<void>,
  coding: Exclude<ContentCoding, 'identity'>,
): Promise<EncodedPage> {
  let first: Uint8Array | undefined
  let compressor: Compressor | undefined
  try {
    await write(async (piece) => {
      if (compressor !== undefined) return compressor.take(piece)
      // The second piece, or the end of the page, decides whether compression pays.
      if (first === undefined && piece.length < MIN_COMPRESSED_BYTES) {
        first = piece.slice()
        return
      }
      compressor = createCompressor(coding)
      if (first !== undefined) await compressor.take(first)
      await compressor.take(piece)
    })
    if (compressor === undefined) return { pieces: first === undefined ? [] : [first], coding: 'identity' }
    return { pieces: await compressor.end(), coding }
  } finally {
    compressor?.destroy()
  }
}
