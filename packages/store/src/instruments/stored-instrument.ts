import { exportedNames, type MetricSpec, pageOf } from '@quipu/catalog/builtin'
import { interned } from '../labels/interned.js'
import { createLabelRule, expectedSeries, type LabelRule } from '../labels/label-rule.js'
import { LabelTree } from '../labels/label-tree.js'
import { type LabelBag, readLabels, toRemoval, type Values } from '../labels/label-values.js'
import { SeriesBudget } from '../labels/series-budget.js'
import { ExponentialHistogram } from '../series/exponential-histogram.js'
import { LargestSeries } from '../series/largest-series.js'
import { isRemovedBy, type MetricReading, type Removal } from '../series/reading.js'
import { CellStorage, SeriesCell } from '../series/series-cell.js'
import type { StoreContext } from '../store-context.js'
import { rejection } from './value.js'

const NO_LABELS: LabelBag = {}
/** Number of series that can be removed in about a millisecond. */
const MANY_SERIES = 1000

/** The base of all kinds of instruments: their series, labels and bounds, and the interface for exporters. */
export abstract class StoredInstrument implements MetricReading {
  readonly name: string
  readonly spec: MetricSpec
  readonly prometheusName: string
  readonly otlpName: string
  readonly scope: string
  readonly labelNames: readonly string[]
  readonly bounds: readonly number[]
  /**
   * Whether a value was written since the last call of `version()`. A flag and not a counter, so that it costs a handle
   * nothing.
   */
  dirty = false
  protected readonly context: StoreContext
  /** The lowest valid value: a sum that never decreases accepts no negative values. */
  protected readonly lowest: number
  readonly #rules: readonly LabelRule[]
  readonly #tree: LabelTree
  readonly #cells: SeriesCell[] = []
  readonly #storage: CellStorage
  readonly #budget: SeriesBudget
  /** Undefined if values over the budget are added up in `other`, which is impossible for gauges. */
  readonly #largest: LargestSeries | undefined
  /** The only series of a metric without labels. */
  #only: SeriesCell | undefined
  /**
   * Whether canonical labels identify their series. Pseudonyms must not, because a caller could pass another user's.
   */
  readonly #nameable: boolean
  #version = 0
  readonly #onRemoval: ((removal: Removal) => void)[] = []

  constructor(name: string, spec: MetricSpec, context: StoreContext, bounds: readonly number[], stride: number) {
    const names = exportedNames(name, spec)
    this.name = name
    this.spec = spec
    this.prometheusName = names.prometheus
    this.otlpName = names.otlp
    this.scope = names.scope
    this.context = context
    this.lowest = spec.kind === 'gauge' || spec.kind === 'upDownCounter' ? Number.NEGATIVE_INFINITY : 0
    this.bounds = bounds
    const labels = Object.entries(spec.labels ?? {})
    this.labelNames = labels.map(([label]) => label)
    this.#rules = labels.map(([label, labelSpec]) =>
      createLabelRule(label, labelSpec, {
        allowed: (Object.hasOwn(context.allow, label) && context.allow[label]) || [],
        budget: context.limits.valuesPerLabel,
        valueLength: context.limits.valueLength,
        declaredRoutes: context.declaredRoutes,
        pseudonym: context.pseudonym,
      }),
    )
    this.#budget = new SeriesBudget(this.#rules, spec.budget ?? context.limits.seriesPerMetric, (label) =>
      context.fold(name, label),
    )
    this.#tree = new LabelTree(this.labelNames)
    this.#storage = new CellStorage(stride)
    this.#nameable = labels.length > 0 && !this.#rules.some((rule) => rule.pseudonymous)
    this.#largest = spec.kind === 'gauge' || spec.overBudget === 'largest' ? this.#ranked() : undefined
    this.#startAtZero()
  }

  cells(): readonly SeriesCell[] {
    this.#expire()
    return this.#cells
  }

  /** Number of series. If there are many, expired ones are included until a reader removes them in slices. */
  get size(): number {
    if (this.#cells.length < MANY_SERIES) this.#expire()
    return this.#cells.length
  }

  version(): number {
    this.#expire()
    if (this.dirty) {
      this.dirty = false
      this.#version++
    }
    return this.#version
  }

  expireBefore(end: number, count: number): number {
    const after = this.spec.expireAfterMs
    if (after === undefined) return 0
    const now = this.context.clock.monotonicMs()
    let at = Math.min(end, this.#cells.length)
    const stop = Math.max(0, at - count)
    // From the end: the series that moves into the gap has already been checked.
    while (at > stop) {
      const cell = this.#cells[--at]
      if (cell !== undefined && now - cell.setAtMs > after) this.#removeCell(cell)
    }
    return at
  }

  /**
   * Removes the series that have all of these label values. An undefined label selects those without it. Values that no
   * series can have select none.
   * @returns the number of removed series
   */
  remove(labels: LabelBag = {}): number {
    try {
      const removal = toRemoval(this.#rules, labels)
      if (removal === undefined) return 0
      const count = this.applyRemoval(removal)
      for (const listener of this.#onRemoval) listener(removal)
      return count
    } catch {
      this.context.drop(this.name, 'threw')
      return 0
    }
  }

  applyRemoval(removal: Removal): number {
    this.#largest?.remove(removal)
    const gone = this.#cells.filter((cell) => isRemovedBy(removal, this.labelNames, cell.values))
    for (const cell of gone) this.#removeCell(cell)
    return gone.length
  }

  onRemoval(listener: (removal: Removal) => void): void {
    this.#onRemoval.push(listener)
  }

  /**
   * Returns the series of these labels, and creates it for a valid value. Undefined for invalid labels and values,
   * which are counted, and for a series that is left out. Short, so that V8 inlines it: most calls end in `#find`.
   */
  protected cellOf(labels: LabelBag | undefined, value = 0): SeriesCell | undefined {
    return this.#only ?? this.#find(labels ?? NO_LABELS) ?? this.#resolve(labels, value)
  }

  /** Counts an invalid value. */
  protected reject(value: unknown): void {
    this.context.drop(this.name, rejection(value, this.lowest))
  }

  /** Returns the series of values that were accepted before, for a handle whose series was removed or left out. */
  revive(values: readonly (string | undefined)[], value = 0): SeriesCell | undefined {
    if (values.length > 0) return this.#tree.get(values) ?? this.#admit([...values], value)
    this.#only ??= this.#create([])
    return this.#only
  }

  /** Counts a value recorded through a handle whose labels were invalid. */
  unbound(): void {
    this.context.drop(this.name, 'bad_label')
  }

  #find(labels: LabelBag): SeriesCell | undefined {
    if (!this.#nameable) return undefined
    try {
      return this.#tree.find(labels)
    } catch {
      // A getter or a proxy of the caller threw: `#resolve` counts it.
      return undefined
    }
  }

  /** Returns the series of labels that are not canonical. Invalid values create no series. */
  #resolve(labels: LabelBag | undefined, value: number): SeriesCell | undefined {
    if (!Number.isFinite(value) || value < this.lowest) {
      this.reject(value)
      return undefined
    }
    if (this.labelNames.length === 0) return this.revive([])
    const given = typeof labels === 'object' && labels !== null ? labels : NO_LABELS
    const values = readLabels(this.#rules, given, (label) => this.context.fold(this.name, label), this.context.strict)
    if (typeof values !== 'string') return this.#tree.get(values) ?? this.#admit(values, value)
    this.context.drop(this.name, values)
    return undefined
  }

  /** Returns the canonical values of labels; undefined for invalid ones, which are not counted here. */
  protected valuesOf(labels: LabelBag | undefined): Values | undefined {
    const values = readLabels(this.#rules, labels ?? NO_LABELS, () => undefined, false)
    return typeof values === 'string' ? undefined : values
  }

  /** Creates a series; over the budget, finds or creates the one that its values fold into, or leaves it out. */
  #admit(values: Values, value: number): SeriesCell | undefined {
    if (this.#largest !== undefined) return this.#largest.admit(values, value)
    this.#budget.foldValues(values)
    const known = this.#tree.get(values)
    if (known !== undefined) return known
    this.#budget.foldSeries(values)
    return this.#tree.get(values) ?? this.#create(values)
  }

  #ranked(): LargestSeries {
    return new LargestSeries({
      labelNames: this.labelNames,
      adds: this.spec.kind !== 'gauge',
      cells: () => this.#cells,
      isOver: (values) => this.#budget.isOver(values),
      counts: (values) => this.#budget.counts(values),
      create: (values) => this.#create(values),
      remove: (cell) => this.#removeCell(cell),
      onChange: (count) => this.context.leaveOut(this.name, count),
    })
  }

  /**
   * A metric whose series are known before their first value shows them as 0, so that their first increase is seen:
   * one without labels, and a counter whose labels are closed sets. One that expires waits for a value.
   */
  #startAtZero(): void {
    if (pageOf(this.spec) === 'standard' || this.spec.expireAfterMs !== undefined) return
    if (this.labelNames.length === 0) this.revive([])
    else if (this.spec.kind === 'counter' && this.spec.vocabulary !== 'self')
      for (const values of expectedSeries(this.#rules)) this.revive(values)
  }

  #create(taken: Values): SeriesCell {
    const values = taken.map((value) => value && interned(value))
    const slot = this.#storage.allocate()
    const cell = new SeriesCell(values, slot.data, slot.at, this.context.clock.monotonicMs())
    if (hasExponential(this.spec)) cell.exponential = new ExponentialHistogram()
    cell.index = this.#cells.length
    this.#cells.push(cell)
    if (values.length > 0) this.#tree.set(values, cell)
    this.#budget.add(values)
    this.dirty = true
    return cell
  }

  #removeCell(cell: SeriesCell): void {
    this.#tree.delete(cell.values)
    this.#budget.release(cell.values)
    const last = this.#cells.pop()
    if (last !== undefined && last !== cell) {
      this.#cells[cell.index] = last
      last.index = cell.index
    }
    this.#storage.release(cell)
    this.dirty = true
    if (cell !== this.#only) return
    this.#only = undefined
    this.#startAtZero()
  }

  #expire(): void {
    this.expireBefore(this.#cells.length, this.#cells.length)
  }
}

/** Returns whether a series has exponential buckets, as a histogram or for the quantiles of a summary. */
function hasExponential({ kind, aggregation, quantiles }: MetricSpec): boolean {
  return kind === 'histogram' ? aggregation === 'exponential' : kind === 'summary' && quantiles !== undefined
}
