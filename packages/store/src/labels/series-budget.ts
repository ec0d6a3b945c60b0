import { OTHER } from '../privacy/clean.js'
import type { LabelRule } from './label-rule.js'

type Values = (string | undefined)[]

/**
 * What bounds the memory of one metric: how many values each open label has, and how many series there are. What is over
 * them folds into `other`; closed and allow-listed values always get through and take no place from others.
 */
export class SeriesBudget {
  readonly #rules: readonly LabelRule[]
  /** Series of each value, a map a label. */
  readonly #seen: readonly Map<string, number>[]
  readonly #most: number
  readonly #onFold: (label: string) => void
  /** Series that count against the budget. */
  #open = 0

  /** @param most series of values that count */
  constructor(rules: readonly LabelRule[], most: number, onFold: (label: string) => void) {
    this.#rules = rules
    this.#seen = rules.map(() => new Map())
    this.#most = most
    this.#onFold = onFold
  }

  /** Whether a series of these values is one too many, of the metric or of one of its labels. */
  isOver(values: Values): boolean {
    let isOver = false
    this.#eachBounded(values, (value, rule, seen) => {
      isOver ||= this.#open >= this.#most || (!seen.has(value) && seen.size >= rule.budget)
    })
    return isOver
  }

  /** Whether a series of these values takes a place that others could have. */
  counts(values: readonly (string | undefined)[]): boolean {
    let counts = false
    this.#eachBounded(values, () => {
      counts = true
    })
    return counts
  }

  /** Folds, in place, the values that are one too many of their label. */
  foldValues(values: Values): void {
    this.#eachBounded(values, (value, rule, seen, i) => {
      if (!seen.has(value) && seen.size >= rule.budget) values[i] = this.#fold(rule)
    })
  }

  /** Folds, in place, all values that count, where there is no place for another series. */
  foldSeries(values: Values): void {
    if (this.#open < this.#most) return
    this.#eachBounded(values, (_value, rule, _seen, i) => {
      values[i] = this.#fold(rule)
    })
  }

  /** A series of these values was created. */
  add(values: readonly (string | undefined)[]): void {
    this.#eachBounded(values, (value, _rule, seen) => void seen.set(value, (seen.get(value) ?? 0) + 1))
    if (this.counts(values)) this.#open++
  }

  /** A series of these values was removed: its place is another's. */
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
    this.#rules.forEach((rule, i) => {
      const value = values[i]
      const seen = this.#seen[i]
      if (value === undefined || seen === undefined) return
      if (rule.open && value !== OTHER && !rule.allowed.has(value)) fn(value, rule, seen, i)
    })
  }

  #fold(rule: LabelRule): string {
    this.#onFold(rule.name)
    return OTHER
  }
}
