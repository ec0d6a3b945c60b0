/** Maximum number of remembered batches; beyond it, the oldest are dropped. */
const MAX_BATCHES = 1000

/**
 * How many results of each batch were counted. The results of a batch stay the same, so that those that were counted are
 * skipped when they are read again.
 */
export class CountedBatches {
  readonly #counts = new Map<string, number>()

  /** Returns whether the result at this position, from 1, is counted now. */
  count(batch: string, position: number): boolean {
    const counted = this.#counts.get(batch) ?? 0
    this.#counts.delete(batch)
    this.#counts.set(batch, Math.max(counted, position))
    const [oldest] = this.#counts.keys()
    if (this.#counts.size > MAX_BATCHES && oldest !== undefined) this.#counts.delete(oldest)
    return position > counted
  }
}
