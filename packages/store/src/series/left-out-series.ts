import { isRemovedBy, type Removal } from './reading.js'

type Values = readonly (string | undefined)[]

/** Maximum number of series that are counted as left out, which bounds memory. */
const MAX_LEFT_OUT = 10_000

/** The series of a gauge over its budget that are not among the largest. Their number is reported, not their values. */
export class LeftOutSeries {
  readonly #labelNames: readonly string[]
  readonly #onChange: (count: number) => void
  readonly #byKey = new Map<string, Values>()

  constructor(labelNames: readonly string[], onChange: (count: number) => void) {
    this.#labelNames = labelNames
    this.#onChange = onChange
  }

  add(values: Values): void {
    const key = JSON.stringify(values)
    if (this.#byKey.has(key) || this.#byKey.size >= MAX_LEFT_OUT) return
    this.#byKey.set(key, values)
    this.#onChange(this.#byKey.size)
  }

  delete(values: Values): void {
    if (this.#byKey.size > 0 && this.#byKey.delete(JSON.stringify(values))) this.#onChange(this.#byKey.size)
  }

  /** Removes the series that a removal selects. */
  remove(removal: Removal): void {
    const before = this.#byKey.size
    for (const [key, values] of this.#byKey) if (isRemovedBy(removal, this.#labelNames, values)) this.#byKey.delete(key)
    if (this.#byKey.size !== before) this.#onChange(this.#byKey.size)
  }
}
