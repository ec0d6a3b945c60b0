import type { MetricSpec } from '@quipu/catalog/builtin'
import { exemplarNow } from './exemplar.js'
import type { LabelBag } from './label-values.js'
import { MetricSeries } from './metric-series.js'
import type { SeriesCell } from './series-cell.js'
import { SeriesHandle } from './series-handle.js'
import type { StoreContext } from './store-context.js'

/** Counters and up-down counters: a sum a series. */
export class CounterSeries extends MetricSeries {
  constructor(name: string, spec: MetricSpec, context: StoreContext) {
    super(name, spec, context, [], 1)
  }

  add(value: number, labels?: LabelBag): void {
    const cell = this.cellOf(labels, value)
    if (cell !== undefined) this.addTo(cell, value)
  }

  with(labels?: LabelBag): CounterSeriesHandle {
    return new CounterSeriesHandle(this, this.cellOf(labels))
  }

  /** NaN, ±Infinity, and on a counter a negative number are dropped; so is what would make the sum infinite. */
  addTo(cell: SeriesCell, value: number): void {
    const { data, at } = cell
    // `typeof` first: a BigInt compares with numbers, and throws when it is added to one.
    if (typeof value === 'number' && value >= this.lowest) {
      const sum = (data[at] ?? 0) + value
      if (sum - sum === 0) {
        data[at] = sum
        this.dirty = true
        if (this.context.exemplarSource !== undefined) exemplarNow(this.context, cell, 0, value)
        return
      }
    }
    this.reject(value)
  }
}

/** One series of a counter, bound: recording is an addition. */
export class CounterSeriesHandle extends SeriesHandle<CounterSeries> {
  add(value = 1): void {
    const cell = this.live()
    if (cell !== undefined) this.series.addTo(cell, value)
  }
}
