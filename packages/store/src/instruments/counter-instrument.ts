import type { MetricSpec } from '@quipu/catalog/builtin'
import type { LabelBag } from '../labels/label-values.js'
import { exemplarNow } from '../series/exemplar.js'
import type { SeriesCell } from '../series/series-cell.js'
import type { StoreContext } from '../store-context.js'
import { SeriesHandle } from './series-handle.js'
import { StoredInstrument } from './stored-instrument.js'

/** Counters and up-down counters: one sum per series. */
export class CounterInstrument extends StoredInstrument {
  constructor(name: string, spec: MetricSpec, context: StoreContext) {
    super(name, spec, context, [], 1)
  }

  add(value: number, labels?: LabelBag): void {
    const cell = this.cellOf(labels, value)
    if (cell !== undefined) this.addTo(cell, value)
  }

  with(labels?: LabelBag): BoundCounter {
    const cell = this.cellOf(labels)
    return new BoundCounter(this, cell, cell === undefined ? this.valuesOf(labels) : undefined)
  }

  /** Drops NaN, ±Infinity, negative numbers on a counter, and values that would make the sum infinite. */
  addTo(cell: SeriesCell, value: number): void {
    const { data, at } = cell
    // `typeof` first: a BigInt can be compared with numbers, but adding one throws.
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

/** A handle on one series of a counter: recording is one addition. */
export class BoundCounter extends SeriesHandle<CounterInstrument> {
  add(value = 1): void {
    const cell = this.live(value)
    if (cell !== undefined) this.instrument.addTo(cell, value)
  }
}
