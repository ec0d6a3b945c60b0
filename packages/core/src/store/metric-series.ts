import { exportedNames, type MetricSpec } from '@quipu/catalog/builtin'
import { OTHER } from '../privacy/clean.js'
import { ExponentialHistogram } from './exponential-histogram.js'
import { interned } from './interned.js'
import { createLabelRule, type LabelRule } from './label-rule.js'
import { LabelTree } from './label-tree.js'
import { isMeant, type MetricReading, type Removal } from './reading.js'
import { CellStorage, SeriesCell } from './series-cell.js'
import type { StoreContext } from './store-context.js'
import { rejection } from './value.js'

/** Any label object; only the declared names of it are ever read. */
export type LabelBag = { readonly [name: string]: unknown }
type Values = (string | undefined)[]
const NO_LABELS: LabelBag = {}
/** So many series are removed in a millisecond or so. */
const MANY_SERIES = 1000
/** Why labels are no labels, as `quipu_dropped_total{reason}` says it. */
type Refusal = 'missing_label' | 'bad_label' | 'threw'

/** Whether a label is given; what every object inherits, such as `constructor`, is not. */
function isGiven(labels: LabelBag, name: string): boolean {
  return name in labels && (Object.hasOwn(labels, name) || !(name in Object.prototype))
}

/** What every kind of instrument shares: its series, their labels and bounds, and how exporters read them. */
export abstract class MetricSeries implements MetricReading {
  readonly name: string
  readonly spec: MetricSpec
  readonly prometheusName: string
  readonly otlpName: string
  readonly scope: string
  readonly labelNames: readonly string[]
  readonly bounds: readonly number[]
  /** Something was written since `version()` was last asked. A flag and not a count: it costs a handle nothing. */
  dirty = false
  protected readonly context: StoreContext
  /** The least value that is one: a sum that never goes down takes nothing negative. */
  protected readonly lowest: number
  readonly #rules: readonly LabelRule[]
  readonly #tree: LabelTree
  readonly #cells: SeriesCell[] = []
  readonly #seen: readonly Map<string, number>[]
  readonly #storage: CellStorage
  readonly #budget: number
  /** Series that count against the budget. */
  #open = 0
  /** The one series of a metric without labels. */
  #only: SeriesCell | undefined
  /** Whether labels that are canonical already name their series. A pseudonym must not: it would let one user in as another. */
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
        pseudonym: context.pseudonym,
      }),
    )
    this.#seen = labels.map(() => new Map())
    this.#budget = spec.budget ?? context.limits.seriesPerMetric
    this.#tree = new LabelTree(this.labelNames)
    this.#storage = new CellStorage(stride)
    this.#nameable = labels.length > 0 && !this.#rules.some((rule) => rule.pseudonymous)
    this.#startAtZero()
  }

  cells(): readonly SeriesCell[] {
    this.#expire()
    return this.#cells
  }

  /** How many series there are. Of many, those that have expired count until a reader removes them in its slices. */
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
    // From the end on: the series that takes a removed one's place has been looked at.
    while (at > stop) {
      const cell = this.#cells[--at]
      if (cell !== undefined && now - cell.setAtMs > after) this.#remove(cell)
    }
    return at
  }

  /**
   * Removes the series that carry all of these label values; a label that is given as undefined means those without it.
   * Values that no series can have match none. Returns how many.
   */
  remove(labels: LabelBag = {}): number {
    try {
      const removal = this.#removalOf(labels)
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
    const gone = this.#cells.filter((cell) => isMeant(removal, this.labelNames, cell.values))
    for (const cell of gone) this.#remove(cell)
    return gone.length
  }

  onRemoval(listener: (removal: Removal) => void): void {
    this.#onRemoval.push(listener)
  }

  /** Which series are meant; undefined when no series can have such values. */
  #removalOf(labels: LabelBag): Removal | undefined {
    const removal: Record<string, string | null> = {}
    for (const rule of this.#rules) {
      if (!isGiven(labels, rule.name)) continue
      const raw = labels[rule.name]
      const wanted = raw === undefined || raw === null ? null : rule.clean(raw)
      // What does not fit was folded with other things that did not: they are not meant.
      if (wanted === undefined || (wanted === OTHER && raw !== OTHER)) return undefined
      removal[rule.name] = wanted
    }
    return removal
  }

  /**
   * The series of these labels, made when it is new and there is a value for it; undefined when the labels are no labels
   * or the value is none, which is counted. Short, so that V8 inlines it: most calls end in `#find`.
   */
  protected cellOf(labels: LabelBag | undefined, value = 0): SeriesCell | undefined {
    return this.#only ?? this.#find(labels ?? NO_LABELS) ?? this.#resolve(labels, value)
  }

  /** Counts a value that is none. */
  protected reject(value: unknown): void {
    this.context.drop(this.name, rejection(value, this.lowest))
  }

  /** The live series of values that were accepted before: a handle's, after its series was removed. */
  revive(values: readonly (string | undefined)[]): SeriesCell {
    if (values.length > 0) return this.#tree.get(values) ?? this.#admit([...values])
    this.#only ??= this.#create([])
    return this.#only
  }

  /** Counts what was recorded through a handle whose labels were no labels. */
  unbound(): void {
    this.context.drop(this.name, 'bad_label')
  }

  #find(labels: LabelBag): SeriesCell | undefined {
    if (!this.#nameable) return undefined
    try {
      return this.#tree.find(labels)
    } catch {
      // A getter or a proxy of the caller's: `#read` says so.
      return undefined
    }
  }

  /** The series of labels that were not found as they are. What is no value makes no series. */
  #resolve(labels: LabelBag | undefined, value: number): SeriesCell | undefined {
    if (!Number.isFinite(value) || value < this.lowest) {
      this.reject(value)
      return undefined
    }
    if (this.labelNames.length === 0) return this.revive([])
    const values = this.#read(typeof labels === 'object' && labels !== null ? labels : NO_LABELS)
    if (typeof values !== 'string') return this.#tree.get(values) ?? this.#admit(values)
    this.context.drop(this.name, values)
    return undefined
  }

  /** The canonical values of labels. A getter or a proxy that throws costs the observation, never the call. */
  #read(labels: LabelBag): Values | Refusal {
    const values: Values = []
    try {
      for (const rule of this.#rules) {
        const raw = isGiven(labels, rule.name) ? labels[rule.name] : undefined
        if (raw === undefined || raw === null) {
          if (!rule.optional) return 'missing_label'
          values.push(undefined)
          continue
        }
        const value = rule.clean(raw)
        if (value === undefined) return 'bad_label'
        if (value === OTHER && raw !== OTHER) this.context.fold(this.name, rule.name)
        values.push(value)
      }
      return values
    } catch {
      return 'threw'
    }
  }

  /** Makes a series, or finds the one that what is over the budget folds into. */
  #admit(values: Values): SeriesCell {
    this.#rules.forEach((rule, i) => {
      const value = values[i]
      const seen = this.#seen[i]
      if (value === undefined || seen === undefined || !this.#bounded(rule, value)) return
      if (!seen.has(value) && seen.size >= rule.budget) values[i] = this.#fold(rule)
    })
    const known = this.#tree.get(values)
    if (known !== undefined) return known
    if (this.#open >= this.#budget) {
      this.#rules.forEach((rule, i) => {
        const value = values[i]
        if (value !== undefined && this.#bounded(rule, value)) values[i] = this.#fold(rule)
      })
    }
    return this.#tree.get(values) ?? this.#create(values)
  }

  /** Whether a value counts against the budgets: allow-listed and closed ones always get through. */
  #bounded(rule: LabelRule, value: string): boolean {
    return rule.open && value !== OTHER && !rule.allowed.has(value)
  }

  /** Whether a series counts against the budget: one of known and folded values only takes no place from others. */
  #isOpen(values: readonly (string | undefined)[]): boolean {
    return values.some((value, i) => {
      const rule = this.#rules[i]
      return value !== undefined && rule !== undefined && this.#bounded(rule, value)
    })
  }

  #fold(rule: LabelRule): string {
    this.context.fold(this.name, rule.name)
    return OTHER
  }

  /** S16 and its like show 0 from the start, so that a first increase is seen as one; what expires waits for its first value. */
  #startAtZero(): void {
    if (this.labelNames.length === 0 && this.spec.expireAfterMs === undefined) this.revive([])
  }

  #create(taken: Values): SeriesCell {
    const values = taken.map((value) => value && interned(value))
    const slot = this.#storage.allocate()
    const cell = new SeriesCell(values, slot.data, slot.at, this.context.clock.monotonicMs())
    if (hasExponential(this.spec)) cell.exponential = new ExponentialHistogram()
    cell.index = this.#cells.length
    this.#cells.push(cell)
    if (values.length > 0) this.#tree.set(values, cell)
    if (this.#isOpen(values)) this.#open++
    this.#rules.forEach((rule, i) => {
      const value = values[i]
      const seen = this.#seen[i]
      if (value === undefined || seen === undefined || !this.#bounded(rule, value)) return
      seen.set(value, (seen.get(value) ?? 0) + 1)
    })
    this.dirty = true
    return cell
  }

  #remove(cell: SeriesCell): void {
    this.#tree.delete(cell.values)
    if (this.#isOpen(cell.values)) this.#open--
    const last = this.#cells.pop()
    if (last !== undefined && last !== cell) {
      this.#cells[cell.index] = last
      last.index = cell.index
    }
    cell.values.forEach((value, i) => {
      const seen = this.#seen[i]
      const held = value === undefined ? undefined : seen?.get(value)
      if (value === undefined || seen === undefined || held === undefined) return
      if (held === 1) seen.delete(value)
      else seen.set(value, held - 1)
    })
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

/** Whether a series keeps exponential buckets: as its histogram, or to tell a summary's quantiles by. */
function hasExponential({ kind, aggregation, quantiles }: MetricSpec): boolean {
  return kind === 'histogram' ? aggregation === 'exponential' : kind === 'summary' && quantiles !== undefined
}
