import type { MetricSpec } from '@quipu/catalog/builtin'
import type { LabelBag } from '../labels/label-values.js'
import type { SeriesCell } from '../series/series-cell.js'
import type { StoreContext } from '../store-context.js'
import { SeriesHandle } from './series-handle.js'
import { StoredInstrument } from './stored-instrument.js'

/**
 * Gauges: the last value set, one per series. Values of several series cannot be combined in one series `other`; over
 * the budget, the largest are kept, and the others are left out and counted.
 */
export class GaugeInstrument extends StoredInstrument {
  constructor(name: string, spec: MetricSpec, context: StoreContext) {
    super(name, spec, context, [], 1)
  }

  set(value: number, labels?: LabelBag): void {
    const cell = this.cellOf(labels, value)
    if (cell !== undefined) this.setTo(cell, value)
  }

  with(labels?: LabelBag): BoundGauge {
    const cell = this.cellOf(labels)
    return new BoundGauge(this, cell, cell === undefined ? this.valuesOf(labels) : undefined)
  }

  setTo(cell: SeriesCell, value: number): void {
    if (typeof value === 'number' && value - value === 0) {
      cell.data[cell.at] = value
      // The time is needed by gauges that expire and by those merged by `last`.
      if (this.spec.expireAfterMs !== undefined || this.spec.merge === 'last')
        cell.setAtMs = this.context.clock.monotonicMs()
      this.dirty = true
      return
    }
    this.reject(value)
  }
}

/** A handle on one series of a gauge. */
export class BoundGauge extends SeriesHandle<GaugeInstrument> {
  set(value: number): void {
    const cell = this.live(value)
    if (cell !== undefined) this.instrument.setTo(cell, value)
  }
}
