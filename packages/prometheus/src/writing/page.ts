import type { Family } from '../families/family.js'
import { findClash, type TakenNames, takeNames } from '../families/name-clash.js'
import { nameFilter } from '../families/name-filter.js'
import type { PageSource } from '../families/page-source.js'
import { createPace, type Pace, type PaceOptions } from '../pace.js'
import { createFamilyCache, type FamilyCache, type Looked } from './family-cache.js'
import { defaultFormat, type PageFormat } from './format.js'
import type { PageBytes } from './page-bytes.js'
import { keepPieces, type PageOutput, passPieces, type TakePiece, withBytes } from './page-output.js'
import { END_OF_OPENMETRICS, type RenderedPage, renderedPage } from './rendered-page.js'
import type { TextOptions } from './text-style.js'
import { writeFamily } from './write-family.js'
import { writeProtobuf } from './write-protobuf.js'

export interface PageOptions {
  /** Write `_created` samples in OpenMetrics, one a series. Default false. */
  readonly created?: boolean
  /** How long the writing of a page may hold the event loop. */
  readonly pace?: PaceOptions
}

export interface RenderOptions {
  /** Default text 0.0.4. */
  readonly format?: PageFormat
  /** Families to write; all when absent or empty. */
  readonly names?: readonly string[] | undefined
  /** Milliseconds that the sources may take to collect. Default 10,000, Prometheus' own default. */
  readonly timeoutMs?: number
  /** Called with what a source or family threw, whose part is then left out. Without it the rendering rejects. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** A page that can be written again and again. */
export interface Page {
  /** Writes the page, in slices. Rejects when a source or a family throws and there is no `onError`. */
  render(options?: RenderOptions): Promise<RenderedPage>
  /**
   * Writes the page without holding it: `take` gets piece after piece, the next one when its promise is settled, and the
   * memory of a piece is written over then. Rejects as `render` does, and with what `take` rejects with.
   */
  stream?(take: TakePiece, options?: RenderOptions): Promise<void>
}

/** A family of fewer series is small: to keep its bytes costs less than to write them again. */
const MANY_SERIES = 500

/**
 * Makes a page of one or more sources. When two families claim a name, the first one has it and the other is left out
 * and counted: half a page is better than one that Prometheus refuses as a whole (P3).
 *
 * @example
 * const page = createPage(catalogPage(recorder))
 * const { contentType, pieces } = await page.render({ format: negotiateFormat('application/openmetrics-text') })
 */
export function createPage(source: PageSource | readonly PageSource[], options: PageOptions = {}): Page {
  const sources = 'families' in source ? [source] : source
  const writers = createWriters(options.created ?? false)

  return {
    render: (rendering = {}) =>
      withBytes(async (bytes) => {
        const { format = defaultFormat } = rendering
        const writer = writers[format.language]
        const pieces: Uint8Array[] = []
        const failed = await writeAll(sources, createPace(options.pace), rendering, async (family, pace) => {
          pieces.push(...(await keptPieces(writer, family, pace, bytes)))
        })
        // With nothing left there is no page to go on with: an empty one would count as a healthy scrape.
        if (failed !== undefined && pieces.length === 0) throw failed.error
        return renderedPage(format, pieces)
      }),
    stream: (take, rendering = {}) =>
      withBytes((bytes) =>
        withBytes(async (ownBytes) => {
          const { format = defaultFormat } = rendering
          const writer = writers[format.language]
          const out = passPieces(bytes, take)
          let broken: { readonly error: unknown } | undefined
          const failed = await writeAll(sources, createPace(options.pace), rendering, async (family, pace) => {
            const looked = writer.cache.look(family)
            if (looked.isStill || writer.stream === undefined || (family.size?.() ?? 0) < MANY_SERIES) {
              await out.pass(await keptPieces(writer, family, pace, ownBytes, looked))
              return
            }
            looked.pass()
            const { passed } = out
            const { length } = bytes
            try {
              await writer.stream(family, pace, out)
            } catch (error) {
              // What is out cannot be left out any more: half a family would look like a whole one.
              if (out.passed === passed) bytes.clear(length)
              else broken ??= { error }
              throw error
            }
          })
          if (broken !== undefined) throw broken.error
          if (failed !== undefined && out.passed === 0 && bytes.length === 0) throw failed.error
          if (format.language === 'openmetrics') bytes.raw(END_OF_OPENMETRICS)
          await out.end()
        }),
      ),
  }
}

/** A family's bytes: the kept ones when nothing changed, else written now, and kept. */
async function keptPieces(
  { cache, write }: FamilyWriter,
  family: Family,
  pace: Pace,
  bytes: PageBytes,
  looked: Looked = cache.look(family),
): Promise<readonly Uint8Array[]> {
  if (looked.pieces !== undefined) return looked.pieces
  // Of a family that threw in its middle nothing may stand before the next.
  bytes.clear()
  const pieces = await write(family, pace, bytes)
  looked.keep(pieces)
  return pieces
}

interface FamilyWriter {
  readonly cache: FamilyCache
  /** Writes a family whole; `bytes` is there to write into. */
  readonly write: (family: Family, pace: Pace, bytes: PageBytes) => Promise<readonly Uint8Array[]>
  /** Writes a family and passes on its beginning before its end is written; absent where that cannot be. */
  readonly stream?: (family: Family, pace: Pace, out: PageOutput) => Promise<void>
}

function createWriters(created: boolean): { readonly [L in PageFormat['language']]: FamilyWriter } {
  return {
    text: textWriter({ dialect: 'text', created }),
    openmetrics: textWriter({ dialect: 'openmetrics', created }),
    // A message has its length at its front.
    protobuf: { cache: createFamilyCache(), write: writeProtobuf },
  }
}

function textWriter(options: TextOptions): FamilyWriter {
  return {
    cache: createFamilyCache(),
    async write(family, pace, bytes) {
      const out = keepPieces(bytes)
      await writeFamily(family, options, pace, out)
      return out.pieces()
    },
    stream: (family, pace, out) => writeFamily(family, options, pace, out),
  }
}

interface Collected {
  readonly source: PageSource
  readonly families: readonly Family[]
}

/** The families of which no name is taken by an earlier one. */
function withoutClashes(collected: readonly Collected[]): readonly Family[] {
  const taken: TakenNames = new Map()
  return collected.flatMap(({ source, families }) =>
    families.filter((family) => {
      const clash = findClash(taken, family)
      if (clash === undefined) takeNames(taken, family)
      else source.drop?.(family.name, clash)
      return clash === undefined
    }),
  )
}

/** Collects the families and has each written; with `onError`, a source or family that throws is left out. */
async function writeAll(
  sources: readonly PageSource[],
  pace: Pace,
  { format = defaultFormat, names, timeoutMs = 10_000, onError }: RenderOptions,
  write: (family: Family, pace: Pace) => Promise<void>,
): Promise<{ readonly error: unknown } | undefined> {
  // The first slice too has a turn of its own: of many pages that are asked for in one turn, one is written in it.
  await pace.pause()
  const wanted = nameFilter(names)
  let failed: { readonly error: unknown } | undefined
  const attempt = async <T>(run: () => T | Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await run()
    } catch (error) {
      if (onError === undefined) throw error
      failed ??= { error }
      onError(error)
      return otherwise
    }
  }
  const collected = await Promise.all(
    sources.map(async (each) => ({
      source: each,
      families: await attempt(() => each.families({ timeoutMs, pace, escaping: format.escaping ?? 'underscores' }), []),
    })),
  )
  for (const family of withoutClashes(collected)) {
    if (!wanted(family)) continue
    await attempt(() => write(family, pace), undefined)
    if (pace.due()) await pace.pause()
  }
  return failed
}
