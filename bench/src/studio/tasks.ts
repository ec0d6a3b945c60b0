/** Durations of the tasks of a page's main thread, in milliseconds of CPU time. */
export interface TaskSummary {
  readonly count: number
  readonly median: number
  readonly p99: number
  readonly longest: number
  /** Tasks of more than 16 ms. */
  readonly long: number
}

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Microseconds of CPU time of the thread. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

const FRAME_MS = 16

/** Reads a trace of Chromium with the category `toplevel`. */
export function summarizeTasks(trace: Buffer): TaskSummary {
  const { traceEvents }: { readonly traceEvents: readonly TraceEvent[] } = JSON.parse(trace.toString('utf8'))
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const times = traceEvents
    .filter(({ name, pid, tid, tdur }) => name.endsWith('RunTask') && tdur !== undefined && mains.has(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1000)
    .sort((a, b) => a - b)
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return {
    count: times.length,
    median: at(0.5),
    p99: at(0.99),
    longest: times.at(-1) ?? 0,
    long: times.filter((ms) => ms > FRAME_MS).length,
  }
}
