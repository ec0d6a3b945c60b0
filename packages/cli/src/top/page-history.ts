import { type PageSample, readPage } from '../page/read-page.js'

/** A counter of a page: its value, and its growth in the last minute. */
export interface Counter extends PageSample {
  readonly growth: number
}

/** Readings of a page over the last minute. */
export interface PageHistory {
  /** Adds a page in the Prometheus text format or OpenMetrics. */
  add(text: string, nowMs: number): void
  /** The samples of a metric in the last reading. */
  samples(metric: string): readonly Counter[]
  /** Milliseconds that `growth` covers; 0 after the first reading. */
  readonly spanMs: number
}

const WINDOW_MS = 60_000

/** Creates an empty history. A counter that becomes smaller was reset; its new value is growth. */
export function createPageHistory(): PageHistory {
  let current = new Map<string, Counter[]>()
  let last = new Map<string, number>()
  /** The growth of each sample since the previous reading. */
  let steps: { readonly atMs: number; readonly grown: ReadonlyMap<string, number> }[] = []
  return {
    add(text, nowMs) {
      const values = new Map<string, number>()
      const grown = new Map<string, number>()
      const samples = readPage(text).map((sample) => ({ sample, id: idOf(sample) }))
      for (const { sample, id } of samples) {
        const before = last.get(id)
        values.set(id, sample.value)
        // Values of the first reading are older growth; samples that appear later have grown from 0.
        const growth =
          steps.length === 0 ? 0 : sample.value - (before === undefined || before > sample.value ? 0 : before)
        if (growth > 0) grown.set(id, growth)
      }
      last = values
      steps = [...steps, { atMs: nowMs, grown }].filter(({ atMs }) => nowMs - atMs <= WINDOW_MS)
      current = new Map()
      for (const { sample, id } of samples) {
        let growth = 0
        // The growth of the first step happened before its time.
        for (const step of steps.slice(1)) growth += step.grown.get(id) ?? 0
        const list = current.get(sample.metric) ?? []
        list.push({ ...sample, growth })
        current.set(sample.metric, list)
      }
    },
    samples: (metric) => current.get(metric) ?? [],
    get spanMs() {
      return (steps.at(-1)?.atMs ?? 0) - (steps[0]?.atMs ?? 0)
    },
  }
}

function idOf({ metric, labels }: PageSample): string {
  return `${metric}\0${Object.entries(labels).flat().join('\0')}`
}
