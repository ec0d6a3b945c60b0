import { OTHER } from '../privacy/clean.js'
import type { LabelRule } from './label-rule.js'

type Values = (string | undefined)[]

interface BoundedLabel {
  readonly rule: LabelRule
  /** Number of series by value. */
  readonly seen: Map<string, number>
}

/**
 * Bounds the memory of one metric: the number of values of each open label, and the number of series. Values beyond
 * them fold into `other`. Closed and allowed values are always accepted and use no budget.
 */
export class SeriesBudget {
  readonly #labels: readonly BoundedLabel[]
  readonly #most: number
  readonly #onFold: (label: string) => void
  /** Number of series that use the budget. */
  #open = 0

  /** @param most maximum number of such series */
  constructor(rules: readonly LabelRule[], most: number, onFold: (label: string) => void) {
    this.#labels = rules.map((rule) => ({ rule, seen: new Map() }))
    this.#most = most
    this.#onFold = onFold
  }

  /** Returns whether a series of these values exceeds the budget of the metric or of one of its labels. */
  isOver(values: Values): boolean {
    let isOver = false
    this.#eachBounded(values, (value, rule, seen) => {
      isOver ||= this.#open >= this.#most || (!seen.has(value) && seen.size >= rule.budget)
    })
    return isOver
  }

  /** Returns whether a series of these values uses the budget. */
  counts(values: readonly (string | undefined)[]): boolean {
    let counts = false
    this.#eachBounded(values, () => {
      counts = true
    })
    return counts
  }

  /** Folds, in place, the values that exceed the budget of their label. */
  foldValues(values: Values): void {
    this.#eachBounded(values, (value, rule, seen, i) => {
      if (!seen.has(value) && seen.size >= rule.budget) values[i] = this.#fold(rule)
    })
  }

  /** Folds, in place, all values that use the budget, if there is no space for another series. */
  foldSeries(values: Values): void {
    if (this.#open < this.#most) return
    this.#eachBounded(values, (_value, rule, _seen, i) => {
      values[i] = this.#fold(rule)
    })
  }

  /** Adds a series of these values. */
  add(values: readonly (string | undefined)[]): void {
    this.#eachBounded(values, (value, _rule, seen) => void seen.set(value, (seen.get(value) ?? 0) + 1))
    if (this.counts(values)) this.#open++
  }

  /** Releases the budget of a removed series of these values. */
  release(values: readonly (string | undefined)[]): void {
    this.#eachBounded(values, (value, _rule, seen) => {
      const held = seen.get(value) ?? 0
      if (held > 1) seen.set(value, held - 1)
      else seen.delete(value)
    })
    if (this.counts(values)) this.#open--
  }

  #eachBounded(
    values: readonly (string | undefined)[],
    fn: (value: string, rule: LabelRule, seen: Map<string, number>, i: number) => void,
  ): void {
    this.#labels.forEach(({ rule, seen }, i) => {
      const value = values[i]
      if (value === undefined || !rule.open || value === OTHER || rule.allowed.has(value)) return
      fn(value, rule, seen, i)
    })
  }

  #fold(rule: LabelRule): string {
    this.#onFold(rule.name)
    return OTHER
  }
}
