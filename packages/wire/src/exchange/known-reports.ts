import { RecentMap } from './recent-map.js'

/**
 * What is remembered of responses that report calls: which calls were counted, so that each counts once however often it is
 * reported, when they started, and which model an agent's session or thread uses.
 */
export class KnownReports {
  /** Number of counted results of a batch, which always come in the same order. */
  readonly #positions = new RecentMap<number>(1000)
  /** Start of a call in Unix milliseconds; undefined after the call was counted. */
  readonly #calls = new RecentMap<number | undefined>(10_000)
  readonly #models = new RecentMap<string>(1000)

  /** Returns whether the result at this position of a batch, from 1, is counted now. */
  countPosition(batch: string, position: number): boolean {
    const counted = this.#positions.get(batch) ?? 0
    this.#positions.set(batch, Math.max(counted, position))
    return position > counted
  }

  start(id: string, startedMs: number): void {
    if (!this.#calls.has(id)) this.#calls.set(id, startedMs)
  }

  /** Returns whether a call is counted now, and its start, if that was reported. */
  count(id: string): { readonly isNew: boolean; readonly startedMs: number | undefined } {
    const startedMs = this.#calls.get(id)
    const isNew = startedMs !== undefined || !this.#calls.has(id)
    this.#calls.set(id, undefined)
    return { isNew, startedMs }
  }

  setModel(agent: string, model: string): void {
    this.#models.set(agent, model)
  }

  modelOf(agent: string | undefined): string | undefined {
    return agent === undefined ? undefined : this.#models.get(agent)
  }
}
