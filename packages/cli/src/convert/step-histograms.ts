/** Cumulative histograms of series over time, in steps of equal length. */
export interface StepHistograms {
  /** Adds an observation to a series. `unixMs` may be in any order. */
  add(series: string, unixMs: number, value: number): void
  /** The number of samples that `points` stands for. */
  sampleCount(): number
  /** Each series from its 0 one step before the first observation of any series. */
  points(): Generator<HistogramPoint>
}

/** The observations of a series up to a time. */
export interface HistogramPoint {
  readonly series: string
  readonly seconds: number
  /** Observations up to each bound, and all of them at the end. */
  readonly counts: readonly number[]
  readonly sum: number
}

interface Step {
  /** Observations in each bucket, not cumulative. */
  readonly counts: number[]
  sum: number
}

/** Creates empty histograms with a step in seconds and ascending bounds without infinity. */
export function createStepHistograms(stepSeconds: number, bounds: readonly number[]): StepHistograms {
  const all = new Map<string, Map<number, Step>>()
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  const emptyStep = (): Step => ({ counts: new Array(bounds.length + 1).fill(0), sum: 0 })
  return {
    add(series, unixMs, value) {
      // A sample counts all observations up to its time.
      const at = Math.ceil(unixMs / 1000 / stepSeconds)
      first = Math.min(first, at)
      last = Math.max(last, at)
      const steps = all.get(series) ?? new Map<number, Step>()
      all.set(series, steps)
      const step = steps.get(at) ?? emptyStep()
      steps.set(at, step)
      const bucket = bounds.findIndex((bound) => value <= bound)
      const i = bucket < 0 ? bounds.length : bucket
      step.counts[i] = (step.counts[i] ?? 0) + 1
      step.sum += value
    },
    sampleCount: () => (all.size === 0 ? 0 : all.size * (last - first + 2) * (bounds.length + 3)),
    *points() {
      for (const [series, steps] of all) {
        const total = emptyStep()
        for (let at = first - 1; at <= last; at++) {
          const step = steps.get(at)
          step?.counts.forEach((count, i) => {
            total.counts[i] = (total.counts[i] ?? 0) + count
          })
          total.sum += step?.sum ?? 0
          let below = 0
          const counts = total.counts.map((count) => {
            below += count
            return below
          })
          yield { series, seconds: at * stepSeconds, counts, sum: total.sum }
        }
      }
    },
  }
}
