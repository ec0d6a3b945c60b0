/** Durations of the tasks of a page's main thread, in milliseconds of CPU time. */
export interface TaskSummary {
  readonly count: number
  readonly median: number
  readonly p99: number
  readonly longest: number
  /** The longest without the time of V8's collections of garbage, which run also while nothing is drawn. */
  readonly longestWork: number
  /** Tasks of more than 16 ms. */
  readonly long: number
}

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Microseconds of its start, and its duration. */
  readonly ts: number
  readonly dur?: number
  /** Microseconds of CPU time of the thread. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

const FRAME_MS = 16

/** Reads a trace of Chromium with the categories `toplevel` and `devtools.timeline`. */
export function summarizeTasks(trace: Buffer): TaskSummary {
  const { traceEvents }: { readonly traceEvents: readonly TraceEvent[] } = JSON.parse(trace.toString('utf8'))
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const ofMains = traceEvents.filter(({ pid, tid, tdur }) => tdur !== undefined && mains.has(`${pid} ${tid}`))
  const tasks = ofMains.filter(({ name }) => name.endsWith('RunTask'))
  const collections = ofMains.filter(({ name }) => /^(?:Major|Minor)GC$/.test(name))
  const workOf = (task: TraceEvent): number =>
    collections
      .filter(({ ts }) => ts >= task.ts && ts < task.ts + (task.dur ?? 0))
      .reduce((left, { tdur = 0 }) => left - tdur, task.tdur ?? 0) / 1000
  const times = tasks.map(({ tdur = 0 }) => tdur / 1000).sort((a, b) => a - b)
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return {
    count: times.length,
    median: at(0.5),
    p99: at(0.99),
    longest: times.at(-1) ?? 0,
    longestWork: Math.max(0, ...tasks.map(workOf)),
    long: times.filter((ms) => ms > FRAME_MS).length,
  }
}
