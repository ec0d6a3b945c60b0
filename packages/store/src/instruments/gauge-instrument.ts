import type { MetricSpec } from '@quipu/catalog/builtin'
import type { LabelBag, Values } from '../labels/label-values.js'
import { LeftOutSeries } from '../series/left-out-series.js'
import type { Removal } from '../series/reading.js'
import type { SeriesCell } from '../series/series-cell.js'
import type { StoreContext } from '../store-context.js'
import { SeriesHandle } from './series-handle.js'
import { StoredInstrument } from './stored-instrument.js'

/**
 * Gauges: the last value set, one per series. Values of several series cannot be combined in one series `other`; over
 * the budget, the largest are kept, and the others are left out and counted.
 */
export class GaugeInstrument extends StoredInstrument {
  readonly #leftOut: LeftOutSeries

  constructor(name: string, spec: MetricSpec, context: StoreContext) {
    super(name, spec, context, [], 1)
    this.#leftOut = new LeftOutSeries(this.labelNames, (count) => context.leaveOut(name, count))
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

  override applyRemoval(removal: Removal): number {
    this.#leftOut.remove(removal)
    return super.applyRemoval(removal)
  }

  /** Over the budget, a series replaces the smallest one, or is left out if it is smaller itself. */
  protected override admit(values: Values, value: number): SeriesCell | undefined {
    if (this.budget.isOver(values)) {
      const smallest = this.#smallest()
      if (smallest === undefined || value <= amountOf(smallest)) return this.#leaveOut(values)
      const { values: evicted } = smallest
      this.removeCell(smallest)
      this.#leftOut.add(evicted)
      // Replacing a series did not free a value of the label that is over its budget.
      if (this.budget.isOver(values)) return this.#leaveOut(values)
    }
    this.#leftOut.delete(values)
    return this.create(values)
  }

  #leaveOut(values: Values): undefined {
    this.#leftOut.add(values)
    return undefined
  }

  #smallest(): SeriesCell | undefined {
    let smallest: SeriesCell | undefined
    for (const cell of this.cells()) {
      if (this.budget.counts(cell.values) && (smallest === undefined || amountOf(cell) < amountOf(smallest)))
        smallest = cell
    }
    return smallest
  }
}

function amountOf(cell: SeriesCell): number {
  return cell.data[cell.at] ?? 0
}

/** A handle on one series of a gauge. */
export class BoundGauge extends SeriesHandle<GaugeInstrument> {
  set(value: number): void {
    const cell = this.live(value)
    if (cell !== undefined) this.instrument.setTo(cell, value)
  }
}
