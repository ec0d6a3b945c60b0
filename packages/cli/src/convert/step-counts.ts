/** Cumulative counts of series over time, in steps of equal length. */
export interface StepCounts {
  /** Adds an amount to a series. `unixMs` may be in any order. */
  add(series: string, unixMs: number, amount: number): void
  /** The number of samples that `samples` yields. */
  sampleCount(): number
  /** Each series from its 0 one step before the first record of any series: series, Unix seconds, total. */
  samples(): Generator<readonly [series: string, seconds: number, total: number]>
}

/** Creates empty counts with a step in seconds. */
export function createStepCounts(stepSeconds: number): StepCounts {
  const amounts = new Map<string, Map<number, number>>()
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  return {
    add(series, unixMs, amount) {
      // A sample counts all records up to its time.
      const step = Math.ceil(unixMs / 1000 / stepSeconds)
      first = Math.min(first, step)
      last = Math.max(last, step)
      let steps = amounts.get(series)
      if (steps === undefined) {
        steps = new Map()
        amounts.set(series, steps)
      }
      steps.set(step, (steps.get(step) ?? 0) + amount)
    },
    sampleCount: () => (amounts.size === 0 ? 0 : amounts.size * (last - first + 2)),
    *samples() {
      for (const [series, steps] of amounts) {
        let total = 0
        for (let step = first - 1; step <= last; step++) {
          total += steps.get(step) ?? 0
          yield [series, step * stepSeconds, total]
        }
      }
    },
  }
}
