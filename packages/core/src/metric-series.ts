import { exportedNames, type MetricSpec, QuipuError } from '@quipu/catalog/builtin'
import { OTHER } from './clean.js'
import { ExponentialHistogram } from './exponential-histogram.js'
import { createLabelRule, type LabelRule } from './label-rule.js'
import { LabelTree } from './label-tree.js'
import type { MetricReading } from './reading.js'
import { CellStorage, SeriesCell } from './series-cell.js'
import type { StoreContext } from './store-context.js'

/** Any label object; only the declared names of it are ever read. */
export type LabelBag = { readonly [name: string]: unknown }
type Values = (string | undefined)[]

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
  readonly #rules: readonly LabelRule[]
  readonly #tree: LabelTree
  readonly #cells: SeriesCell[] = []
  readonly #seen: readonly Map<string, number>[]
  readonly #storage: CellStorage
  readonly #budget: number
  readonly #only: SeriesCell | undefined
  #version = 0

  constructor(name: string, spec: MetricSpec, context: StoreContext, bounds: readonly number[], stride: number) {
    const names = exportedNames(name, spec)
    this.name = name
    this.spec = spec
    this.prometheusName = names.prometheus
    this.otlpName = names.otlp
    this.scope = names.scope
    this.context = context
    this.bounds = bounds
    const labels = Object.entries(spec.labels ?? {})
    this.labelNames = labels.map(([label]) => label)
    this.#rules = labels.map(([label, labelSpec]) =>
      createLabelRule(label, labelSpec, {
        allowed: context.allow[label] ?? [],
        budget: context.limits.valuesPerLabel,
        valueLength: context.limits.valueLength,
        pseudonym: context.pseudonym,
      }),
    )
    this.#seen = labels.map(() => new Map())
    this.#budget = spec.budget ?? context.limits.seriesPerMetric
    this.#tree = new LabelTree(this.labelNames)
    this.#storage = new CellStorage(stride)
    // S16 and its like show 0 from the start, so that a first increase is seen as one; a gauge too (Python does the same).
    if (labels.length === 0) this.#only = this.#create([])
  }

  cells(): readonly SeriesCell[] {
    this.#expire()
    return this.#cells
  }

  version(): number {
    this.#expire()
    if (this.dirty) {
      this.dirty = false
      this.#version++
    }
    return this.#version
  }

  /** Removes the series that carry all of these label values; returns how many. */
  remove(labels?: LabelBag): number {
    try {
      const wanted = this.#rules.map((rule) =>
        labels?.[rule.name] == null ? undefined : rule.clean(labels[rule.name]),
      )
      const gone = this.#cells.filter((cell) =>
        wanted.every((value, i) => value === undefined || cell.values[i] === value),
      )
      for (const cell of gone) this.#remove(cell)
      return gone.length
    } catch (error) {
      this.#threw(error)
      return 0
    }
  }

  /** The series of these labels, made when it is new; undefined when the labels are no labels, which is counted. */
  protected cellOf(labels: LabelBag | undefined): SeriesCell | undefined {
    if (this.#only !== undefined) return this.#only
    try {
      if (labels !== undefined && labels !== null) {
        const cell = this.#tree.find(labels)
        if (cell !== undefined) return cell
      }
      return this.#resolve(labels ?? {})
    } catch (error) {
      this.#threw(error)
      return undefined
    }
  }

  /** The live series of values that were accepted before: a handle's, after its series was removed. */
  revive(values: readonly (string | undefined)[]): SeriesCell {
    return this.#tree.get(values) ?? this.#admit([...values])
  }

  /** A getter or a proxy of the caller's threw: an observation is lost, the call is not. A strict recorder's own error goes on. */
  #threw(error: unknown): void {
    if (QuipuError.isInstance(error)) throw error
    this.context.drop(this.name, 'threw')
  }

  #resolve(labels: LabelBag): SeriesCell | undefined {
    const values: Values = []
    for (const rule of this.#rules) {
      const raw = labels[rule.name]
      if (raw === undefined || raw === null) {
        if (!rule.optional) {
          this.context.drop(this.name, 'missing_label')
          return undefined
        }
        values.push(undefined)
        continue
      }
      const value = rule.clean(raw)
      if (value === undefined) {
        this.context.drop(this.name, 'bad_label')
        return undefined
      }
      if (value === OTHER && raw !== OTHER) this.context.fold(this.name, rule.name)
      values.push(value)
    }
    return this.#tree.get(values) ?? this.#admit(values)
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
    if (this.#cells.length >= this.#budget) {
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

  #fold(rule: LabelRule): string {
    this.context.fold(this.name, rule.name)
    return OTHER
  }

  #create(values: Values): SeriesCell {
    const slot = this.#storage.allocate()
    const cell = new SeriesCell(values, slot.data, slot.at, this.context.clock.monotonicMs())
    if (this.spec.aggregation === 'exponential' && this.spec.kind === 'histogram') {
      cell.exponential = new ExponentialHistogram()
    }
    cell.index = this.#cells.length
    this.#cells.push(cell)
    if (values.length > 0) this.#tree.set(values, cell)
    values.forEach((value, i) => {
      const seen = this.#seen[i]
      if (value !== undefined) seen?.set(value, (seen.get(value) ?? 0) + 1)
    })
    this.dirty = true
    return cell
  }

  #remove(cell: SeriesCell): void {
    if (cell === this.#only) {
      cell.data.fill(0, cell.at, cell.at + 1)
      return
    }
    this.#tree.delete(cell.values)
    const last = this.#cells.pop()
    if (last !== undefined && last !== cell) {
      this.#cells[cell.index] = last
      last.index = cell.index
    }
    cell.values.forEach((value, i) => {
      const seen = this.#seen[i]
      if (value === undefined || seen === undefined) return
      const left = (seen.get(value) ?? 1) - 1
      if (left === 0) seen.delete(value)
      else seen.set(value, left)
    })
    this.#storage.release(cell)
    this.dirty = true
  }

  #expire(): void {
    const after = this.spec.expireAfterMs
    if (after === undefined) return
    const now = this.context.clock.monotonicMs()
    for (const cell of this.#cells.filter((candidate) => now - candidate.setAtMs > after)) this.#remove(cell)
  }
}
