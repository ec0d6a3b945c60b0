import type { Family } from './family.js'
import { createFamilyCache, type FamilyCache } from './family-cache.js'
import { defaultFormat, type PageFormat } from './format.js'
import { findClash, type TakenNames, takeNames } from './name-clash.js'
import { nameFilter } from './name-filter.js'
import { createPace, type Pace, type PaceOptions } from './pace.js'
import type { PageSource } from './page-source.js'
import { type RenderedPage, renderedPage } from './rendered-page.js'
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
}

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
    async render({ format = defaultFormat, names, timeoutMs = 10_000, onError } = {}) {
      const pace = createPace(options.pace)
      // The first slice too has a turn of its own: of many pages that are asked for in one turn, one is written in it.
      await pace.pause()
      const wanted = nameFilter(names)
      const errors: unknown[] = []
      const attempt = async <T>(run: () => T | Promise<T>, otherwise: T): Promise<T> => {
        try {
          return await run()
        } catch (error) {
          if (onError === undefined) throw error
          errors.push(error)
          onError(error)
          return otherwise
        }
      }
      const collected = await Promise.all(
        sources.map(async (each) => ({
          source: each,
          families: await attempt(() => each.families({ timeoutMs, pace }), []),
        })),
      )
      const { cache, write } = writers[format.language]
      const pieces: Uint8Array[] = []
      for (const family of withoutClashes(collected)) {
        if (!wanted(family)) continue
        pieces.push(...(await attempt(() => cache.pieces(family, () => write(family, pace)), [])))
        if (pace.due()) await pace.pause()
      }
      // With nothing left there is no page to go on with: an empty one would count as a healthy scrape.
      if (errors.length > 0 && pieces.length === 0) throw errors[0]
      return renderedPage(format, pieces)
    },
  }
}

interface FamilyWriter {
  readonly cache: FamilyCache
  readonly write: (family: Family, pace: Pace) => Promise<readonly Uint8Array[]>
}

function createWriters(created: boolean): { readonly [L in PageFormat['language']]: FamilyWriter } {
  return {
    text: {
      cache: createFamilyCache(),
      write: (family, pace) => writeFamily(family, { dialect: 'text', created }, pace),
    },
    openmetrics: {
      cache: createFamilyCache(),
      write: (family, pace) => writeFamily(family, { dialect: 'openmetrics', created }, pace),
    },
    protobuf: { cache: createFamilyCache(), write: writeProtobuf },
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
