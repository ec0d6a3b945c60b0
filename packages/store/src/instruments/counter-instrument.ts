import type { MetricSpec } from '@quipu/catalog/builtin'
import type { LabelBag } from '../labels/label-values.js'
import { exemplarNow } from '../series/exemplar.js'
import type { SeriesCell } from '../series/series-cell.js'
import type { StoreContext } from '../store-context.js'
import { SeriesHandle } from './series-handle.js'
import { StoredInstrument } from './stored-instrument.js'

/** Counters and up-down counters: a sum a series. */
export class CounterInstrument extends StoredInstrument {
  constructor(name: string, spec: MetricSpec, context: StoreContext) {
    super(name, spec, context, [], 1)
  }

  add(value: number, labels?: LabelBag): void {
    const cell = this.cellOf(labels, value)
    if (cell !== undefined) this.addTo(cell, value)
  }

  with(labels?: LabelBag): BoundCounter {
    return new BoundCounter(this, this.cellOf(labels), undefined)
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
export class BoundCounter extends SeriesHandle<CounterInstrument> {
  add(value = 1): void {
    const cell = this.live(value)
    if (cell !== undefined) this.instrument.addTo(cell, value)
  }
}
