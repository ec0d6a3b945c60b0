import { type MetricKind, type PageKind, pageOf } from '@quipu/catalog/builtin'
import type { Cell, MetricReading } from '@quipu/store'
import type { Pace } from '../pace.js'
import type { EscapingScheme } from './escaping.js'
import type { Family, FamilyType } from './family.js'
import { declaredLabelName, labelWriter } from './label-names.js'
import { catalogPageName, unitInWords } from './page-names.js'
import type { PageSource } from './page-source.js'
import { quantilesOf } from './quantiles.js'

/** The parts of a recorder that a page reads. */
export interface PageRecorder {
  readonly clock: { toUnixMs(monotonicMs: number): number }
  readings(): readonly MetricReading[]
  /** Counts an omission. */
  drop(metric: string, reason: string): void
}

export const pageTypes: { readonly [K in MetricKind]: FamilyType } = {
  counter: 'counter',
  upDownCounter: 'gauge',
  gauge: 'gauge',
  histogram: 'histogram',
  summary: 'summary',
}

/**
 * Creates the source of `/custom_metrics`: the metrics of a recorder's catalogue under their documented names, with
 * their declared labels only. A metric whose `exportTo` lacks `prometheus` is not on the page. The source reads the
 * recorder's store in place and caches only label text, in the cells.
 *
 * @param recorder the recorder to read
 * @param kind `custom` (default) for the catalogue, `standard` for the HTTP, process and runtime metrics of `/metrics`
 * @returns a source for `createPage`; never throws
 * @example
 * const page = createPage(catalogPage(createRecorder()))
 * const text = (await page.render()).text()
 */
export function catalogPage(recorder: PageRecorder, kind: PageKind = 'custom'): PageSource {
  const families: { readonly [S in EscapingScheme]: WeakMap<MetricReading, Family<Cell>> } = {
    underscores: new WeakMap(),
    'allow-utf-8': new WeakMap(),
    dots: new WeakMap(),
    values: new WeakMap(),
  }
  const familyOf = (reading: MetricReading, scheme: EscapingScheme): Family => {
    const known = families[scheme].get(reading)
    if (known !== undefined) return known
    const family = toFamily(reading, recorder, scheme)
    families[scheme].set(reading, family)
    return family
  }
  return {
    async families({ pace, escaping = 'underscores' }) {
      const onPage = recorder.readings().filter((reading) => isOnPage(reading) && pageOf(reading.spec) === kind)
      for (const reading of onPage) await expireInSlices(reading, pace)
      return onPage.map((reading) => familyOf(reading, escaping))
    },
    drop: (name, reason) => recorder.drop(name, reason),
  }
}

const SERIES_PER_LOOK = 64

/** Removes expired series in slices; reading the list would remove them all in one turn. */
async function expireInSlices(reading: MetricReading, pace: Pace): Promise<void> {
  if (reading.spec.expireAfterMs === undefined) return
  for (let left = reading.expireBefore?.(Number.POSITIVE_INFINITY, SERIES_PER_LOOK) ?? 0; left > 0; ) {
    if (pace.due()) await pace.pause()
    left = reading.expireBefore?.(left, SERIES_PER_LOOK) ?? 0
  }
}

/** Returns whether a metric of the catalogue is exported to Prometheus. */
export function isOnPage({ spec }: MetricReading): boolean {
  return spec.exportTo === undefined || spec.exportTo.includes('prometheus')
}

function toFamily(reading: MetricReading, { clock }: PageRecorder, scheme: EscapingScheme): Family<Cell> {
  const { spec, labelNames, bounds } = reading
  const type = pageTypes[spec.kind]
  const text = labelWriter(labelNames, type, scheme)
  const { quantiles } = spec
  // A cell can cache one text. It caches that of the documented names, which most scrapes request.
  const isKept = labelNames.every((name) => declaredLabelName(name, type, scheme) === declaredLabelName(name, type))
  return {
    name: catalogPageName(reading, scheme),
    type,
    help: spec.help,
    unit: unitInWords(spec.unit),
    bounds,
    version: () => reading.version(),
    size: () => reading.cells().length,
    points: () => reading.cells().slice(),
    ...(quantiles !== undefined && {
      quantiles: ({ exponential }: Cell) => (exponential === undefined ? [] : quantilesOf(exponential, quantiles)),
    }),
    labelText(cell) {
      if (!isKept) return text(cell.values)
      cell.pageText ??= text(cell.values)
      return cell.pageText
    },
    createdUnixMs: (cell) => cell.startedAtUnixMs ?? clock.toUnixMs(cell.startedAtMs),
  }
}
