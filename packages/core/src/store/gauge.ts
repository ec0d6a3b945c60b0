import type { MetricSpec } from '@quipu/catalog/builtin'
import type { LabelBag } from './label-values.js'
import { MetricSeries } from './metric-series.js'
import type { SeriesCell } from './series-cell.js'
import { SeriesHandle } from './series-handle.js'
import type { StoreContext } from './store-context.js'

/** Gauges: the last value said, a series. */
export class GaugeSeries extends MetricSeries {
  constructor(name: string, spec: MetricSpec, context: StoreContext) {
    super(name, spec, context, [], 1)
  }

  set(value: number, labels?: LabelBag): void {
    const cell = this.cellOf(labels, value)
    if (cell !== undefined) this.setTo(cell, value)
  }

  with(labels?: LabelBag): GaugeSeriesHandle {
    return new GaugeSeriesHandle(this, this.cellOf(labels))
  }

  setTo(cell: SeriesCell, value: number): void {
    if (typeof value === 'number' && value - value === 0) {
      cell.data[cell.at] = value
      // Who needs to know when: those that expire, and those of which the last of several processes counts.
      if (this.spec.expireAfterMs !== undefined || this.spec.merge === 'last')
        cell.setAtMs = this.context.clock.monotonicMs()
      this.dirty = true
      return
    }
    this.reject(value)
  }
}

/** One series of a gauge, bound. */
export class GaugeSeriesHandle extends SeriesHandle<GaugeSeries> {
  set(value: number): void {
    const cell = this.live()
    if (cell !== undefined) this.series.setTo(cell, value)
  }
}
