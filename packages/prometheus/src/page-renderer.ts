import { coalesce, withTimeout } from './coalesce.js'
import { compress, LEAST_COMPRESSED_BYTES } from './compress.js'
import type { PageFormat } from './format.js'
import type { ContentCoding } from './negotiate.js'
import type { Page } from './page.js'
import type { RenderedPage } from './rendered-page.js'

export interface PageRequest {
  readonly format: PageFormat
  readonly names: readonly string[]
  readonly coding: ContentCoding
  readonly timeoutMs: number
}

/** A page's body as it is sent. */
export interface EncodedPage {
  readonly pieces: readonly Uint8Array[]
  readonly coding: ContentCoding
}

/** Renders and compresses a page for many clients at once. */
export interface PageRenderer {
  /** Rejects with `TimedOut` when the page is not there in time, and with what the rendering threw. */
  render(request: PageRequest): Promise<EncodedPage>
}

/** Requests that want the same at the same time share one collection, one rendering and one compression (P7). */
export function createPageRenderer(page: Page, onError: ((error: unknown) => void) | undefined): PageRenderer {
  const renderings = new Map<string, (timeoutMs: number) => Promise<RenderedPage>>()
  const encodings = new WeakMap<RenderedPage, Map<ContentCoding, Promise<readonly Uint8Array[]>>>()

  const renderingOf = ({ format, names, timeoutMs }: PageRequest): Promise<RenderedPage> => {
    const key = JSON.stringify([format.language, ...names])
    const shared =
      renderings.get(key) ?? coalesce((timeout) => page.render({ format, names, timeoutMs: timeout, onError }))
    renderings.set(key, shared)
    // Names come from clients: what is kept by them goes when the first of its requests is answered, whatever became of it.
    return shared(timeoutMs).finally(() => renderings.delete(key))
  }

  const encode = (rendered: RenderedPage, coding: ContentCoding): Promise<readonly Uint8Array[]> => {
    const known = encodings.get(rendered) ?? new Map<ContentCoding, Promise<readonly Uint8Array[]>>()
    encodings.set(rendered, known)
    const pieces = known.get(coding) ?? compress(rendered.pieces, coding)
    known.set(coding, pieces)
    return pieces
  }

  return {
    async render(request) {
      const startedAt = performance.now()
      const rendered = await renderingOf(request)
      const coding = rendered.byteLength < LEAST_COMPRESSED_BYTES ? 'identity' : request.coding
      const left = request.timeoutMs - (performance.now() - startedAt)
      return { coding, pieces: await withTimeout(encode(rendered, coding), Math.max(1, left)) }
    },
  }
}
