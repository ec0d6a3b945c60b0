import type { MetricSpec } from '@quipu/catalog/builtin'
import type { LabelBag } from '../labels/label-values.js'
import { exemplarNow } from '../series/exemplar.js'
import type { SeriesCell } from '../series/series-cell.js'
import type { StoreContext } from '../store-context.js'
import { SeriesHandle } from './series-handle.js'
import { StoredInstrument } from './stored-instrument.js'

/** Passes a recorded value on to an instrument of a provider of the host. */
export type Forward = (value: number, cell: SeriesCell) => void

/** Histograms and summaries: one distribution of values per series. */
export abstract class DistributionInstrument extends StoredInstrument {
  forwards: readonly Forward[] | undefined = undefined

  record(value: number, labels?: LabelBag): void {
    const cell = this.cellOf(labels, value)
    if (cell !== undefined) this.recordTo(cell, value)
  }

  with(labels?: LabelBag): BoundDistribution {
    return new BoundDistribution(this, this.cellOf(labels), undefined)
  }

  recordTo(cell: SeriesCell, value: number): void {
    if (typeof value === 'number' && value >= 0) {
      const sum = (cell.data[cell.at] ?? 0) + value
      if (sum - sum === 0) {
        cell.data[cell.at] = sum
        this.dirty = true
        this.count(cell, value)
        if (this.forwards !== undefined) this.#forward(cell, value)
        return
      }
    }
    this.reject(value)
  }

  // Separate: with a loop, `recordTo` would be too long for V8 to inline, and each recorded fraction would be boxed.
  #forward(cell: SeriesCell, value: number): void {
    for (const forward of this.forwards ?? []) forward(value, cell)
  }

  protected abstract count(cell: SeriesCell, value: number): void
}

/** A histogram with fixed buckets: the sum, then one count per bucket. */
export class HistogramInstrument extends DistributionInstrument {
  readonly #bounds: Float64Array

  constructor(name: string, spec: MetricSpec, context: StoreContext) {
    const bounds = spec.buckets ?? []
    super(name, spec, context, bounds, bounds.length + 2)
    this.#bounds = Float64Array.from(bounds)
  }

  // Linear: low buckets are the most frequent, and a binary search is slower for fewer than thirty buckets.
  protected count(cell: SeriesCell, value: number): void {
    const bounds = this.#bounds
    let bucket = 0
    while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket++
    const at = cell.at + 1 + bucket
    cell.data[at] = (cell.data[at] ?? 0) + 1
    if (this.context.exemplarSource !== undefined) exemplarNow(this.context, cell, bucket, value)
  }
}

/** A histogram with exponential buckets, stored next to the cell. */
export class ExponentialHistogramInstrument extends DistributionInstrument {
  constructor(name: string, spec: MetricSpec, context: StoreContext) {
    super(name, spec, context, [], 1)
  }

  protected count(cell: SeriesCell, value: number): void {
    cell.exponential?.record(value)
  }
}

/** A summary: the sum and the count. Quantiles only if the entry declares them. */
export class SummaryInstrument extends DistributionInstrument {
  constructor(name: string, spec: MetricSpec, context: StoreContext) {
    super(name, spec, context, [], 2)
  }

  protected count(cell: SeriesCell, value: number): void {
    cell.data[cell.at + 1] = (cell.data[cell.at + 1] ?? 0) + 1
    cell.exponential?.record(value)
  }
}

/** A handle on one series of a histogram or summary. */
export class BoundDistribution extends SeriesHandle<DistributionInstrument> {
  record(value: number): void {
    const cell = this.live(value)
    if (cell !== undefined) this.instrument.recordTo(cell, value)
  }
}
