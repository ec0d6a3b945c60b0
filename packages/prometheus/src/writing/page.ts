import type { Family } from '../families/family.js'
import { findClash, type TakenNames, takeNames } from '../families/name-clash.js'
import { nameFilter } from '../families/name-filter.js'
import type { PageSource } from '../families/page-source.js'
import { createPace, type Pace, type PaceOptions } from '../pace.js'
import { type CacheEntry, createFamilyCache, type FamilyCache } from './family-cache.js'
import { defaultFormat, type PageFormat } from './format.js'
import type { PageBytes } from './page-bytes.js'
import { bufferedOutput, type OnPiece, type PageOutput, streamedOutput, withBytes } from './page-output.js'
import { END_OF_OPENMETRICS, type RenderedPage, renderedPage } from './rendered-page.js'
import type { TextOptions } from './text-style.js'
import { writeFamily } from './write-family.js'
import { writeProtobuf } from './write-protobuf.js'

export interface PageOptions {
  /** Write `_created` samples in OpenMetrics, one per series. Default false. */
  readonly created?: boolean
  /** How long the rendering may hold the event loop. */
  readonly pace?: PaceOptions
}

export interface RenderOptions {
  /** Default text 0.0.4. */
  readonly format?: PageFormat
  /** Names of the families to write. Default: all. */
  readonly names?: readonly string[] | undefined
  /** Milliseconds that the sources may take to collect. Default 10,000, as in Prometheus. */
  readonly timeoutMs?: number
  /** Receives the error of a source or family, which is then left out. Without it, the rendering rejects. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** A page that can be rendered repeatedly. */
export interface Page {
  /** Renders the page in slices. Rejects when a source or family throws and there is no `onError`. */
  render(options?: RenderOptions): Promise<RenderedPage>
  /**
   * Renders the page without storing it. `take` receives the pieces one after another; the memory of a piece is reused
   * when its promise has settled. Rejects as `render` does, and with the error of `take`.
   */
  stream?(take: OnPiece, options?: RenderOptions): Promise<void>
}

/** A family of fewer series is small: caching its bytes costs less than writing them again. */
const MANY_SERIES = 500

/**
 * Creates a page from one or more sources. When two families share a name, the first is written and the other left out
 * and counted, because Prometheus would reject the whole page.
 *
 * @param source sources in order of precedence
 * @returns a page that renders its sources again each time; never throws
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
        // When everything failed, the rendering fails as well: an empty page would count as a healthy scrape.
        if (failed !== undefined && pieces.length === 0) throw failed.error
        return renderedPage(format, pieces)
      }),
    stream: (take, rendering = {}) =>
      withBytes((bytes) =>
        withBytes(async (ownBytes) => {
          const { format = defaultFormat } = rendering
          const writer = writers[format.language]
          const out = streamedOutput(bytes, take)
          let broken: { readonly error: unknown } | undefined
          const failed = await writeAll(sources, createPace(options.pace), rendering, async (family, pace) => {
            const cached = writer.cache.lookUp(family)
            if (cached.isUnchanged || writer.stream === undefined || (family.size?.() ?? 0) < MANY_SERIES) {
              await out.pass(await keptPieces(writer, family, pace, ownBytes, cached))
              return
            }
            cached.markWritten()
            const { passed } = out
            const { length } = bytes
            try {
              await writer.stream(family, pace, out)
            } catch (error) {
              // A family whose beginning was passed on cannot be left out: it would look complete.
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

/**
 * Returns a family's bytes: the cached ones if it is unchanged, otherwise newly written ones, which are then cached.
 */
async function keptPieces(
  { cache, write }: FamilyWriter,
  family: Family,
  pace: Pace,
  bytes: PageBytes,
  cached: CacheEntry = cache.lookUp(family),
): Promise<readonly Uint8Array[]> {
  if (cached.pieces !== undefined) return cached.pieces
  // Discards the partial output of a family that threw.
  bytes.clear()
  const pieces = await write(family, pace, bytes)
  cached.keep(pieces)
  return pieces
}

interface FamilyWriter {
  readonly cache: FamilyCache
  /** Writes a whole family; `bytes` is an empty buffer to write into. */
  readonly write: (family: Family, pace: Pace, bytes: PageBytes) => Promise<readonly Uint8Array[]>
  /**
   * Writes a family and passes on its beginning before its end is written. Undefined for formats that do not allow it.
   */
  readonly stream?: (family: Family, pace: Pace, out: PageOutput) => Promise<void>
}

function createWriters(created: boolean): { readonly [L in PageFormat['language']]: FamilyWriter } {
  return {
    text: textWriter({ dialect: 'text', created }),
    openmetrics: textWriter({ dialect: 'openmetrics', created }),
    // A message is preceded by its length.
    protobuf: { cache: createFamilyCache(), write: writeProtobuf },
  }
}

function textWriter(options: TextOptions): FamilyWriter {
  return {
    cache: createFamilyCache(),
    async write(family, pace, bytes) {
      const out = bufferedOutput(bytes)
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

/** Returns the families that share no name with an earlier one. */
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

/** Collects the families and writes each. With `onError`, a source or family that throws is left out. */
async function writeAll(
  sources: readonly PageSource[],
  pace: Pace,
  { format = defaultFormat, names, timeoutMs = 10_000, onError }: RenderOptions,
  write: (family: Family, pace: Pace) => Promise<void>,
): Promise<{ readonly error: unknown } | undefined> {
  // The first slice waits for its own turn as well: of many pages requested in one turn, one is written in it.
  await pace.pause()
  const wanted = nameFilter(names)
  let failed: { readonly error: unknown } | undefined
  const orElse = async <T>(run: () => T | Promise<T>, otherwise: T): Promise<T> => {
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
      families: await orElse(() => each.families({ timeoutMs, pace, escaping: format.escaping ?? 'underscores' }), []),
    })),
  )
  for (const family of withoutClashes(collected)) {
    if (!wanted(family)) continue
    await orElse(() => write(family, pace), undefined)
    if (pace.due()) await pace.pause()
  }
  return failed
}
