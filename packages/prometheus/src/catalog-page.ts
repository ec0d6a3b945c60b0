import { type MetricKind, toPrometheusName } from '@quipu/catalog/builtin'
import type { Cell, MetricReading } from '@quipu/core'
import type { Family, FamilyType } from './family.js'
import { labelWriter } from './label-names.js'
import type { PageSource } from './page-source.js'
import { quantilesOf } from './quantiles.js'

/** What a page needs of a recorder. */
export interface PageRecorder {
  readonly clock: { monotonicMs(): number; unixMs(): number }
  readings(): readonly MetricReading[]
  /** Counts something that was left out. */
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
 * The page of a recorder's catalogue, `/custom_metrics` (S4): its metrics under their documented names, with their
 * declared labels and no others. Metrics whose `exportTo` leaves `prometheus` out are not on it. Reads the recorder's
 * store in place and keeps nothing but label text, which it leaves in the cells.
 *
 * @example
 * const page = createPage(catalogPage(createRecorder()))
 * const text = (await page.render()).text()
 */
export function catalogPage(recorder: PageRecorder): PageSource {
  const families = new WeakMap<MetricReading, Family<Cell>>()
  const familyOf = (reading: MetricReading): Family => {
    const known = families.get(reading)
    if (known !== undefined) return known
    const family = toFamily(reading, recorder)
    families.set(reading, family)
    return family
  }
  return {
    families: () => recorder.readings().filter(isOnPage).map(familyOf),
    drop: (name, reason) => recorder.drop(name, reason),
  }
}

/** Whether a metric of the catalogue is exported to Prometheus. */
export function isOnPage({ spec }: MetricReading): boolean {
  return spec.exportTo === undefined || spec.exportTo.includes('prometheus')
}

function toFamily(reading: MetricReading, { clock }: PageRecorder): Family<Cell> {
  const { spec, prometheusName, labelNames, bounds } = reading
  const type = pageTypes[spec.kind]
  const text = labelWriter(labelNames, type)
  return {
    name: prometheusName,
    type,
    help: spec.help,
    unit: unitInWords(spec.unit),
    bounds,
    version: () => reading.version(),
    size: () => reading.cells().length,
    points: () =>
      spec.quantiles === undefined ? reading.cells().slice() : reading.cells().map(withQuantiles(spec.quantiles)),
    labelText(cell) {
      cell.pageText ??= text(cell.values)
      return cell.pageText
    },
    // Both clocks, so that a step of the wall clock never puts a start after now (P13).
    createdUnixMs: (cell) => clock.unixMs() - (clock.monotonicMs() - cell.startedAtMs),
  }
}

/** A summary's cell with the quantiles that its entry asks for, as far as there are buckets to tell them by. */
function withQuantiles(quantiles: readonly number[]): (cell: Cell) => Cell {
  return (cell) =>
    cell.exponential === undefined ? cell : { ...cell, quantiles: quantilesOf(cell.exponential, quantiles) }
}

/** `s` → `seconds`: what the naming rules add to a name for a unit. */
export function unitInWords(unit: string | undefined): string {
  return toPrometheusName('x', 'upDownCounter', unit).slice('x_'.length)
}
