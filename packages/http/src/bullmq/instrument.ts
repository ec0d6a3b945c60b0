import type { Recorder } from '@quipu/core'
import { beforeCalls } from '../reports/before-calls.js'
import { type InstrumentOptions, type WatchOptions, watch } from '../reports/watch.js'

/** The parts of a job that are used; never its id or data. */
interface Job {
  readonly name: string
  /** Set when the job has finished; unset for a failed job that is tried again. */
  readonly finishedOn?: number
}

/**
 * Records the jobs of a worker as features under their names: use, duration and error class of each finished job. A failed
 * attempt that is tried again is not counted; the duration is that of the last attempt.
 *
 * @param worker a `Worker` of BullMQ 5 or 6
 * @param options `recorder` to record into
 * @returns the same object, whose jobs and events are unchanged; never throws
 * @see https://docs.bullmq.io/guide/workers
 * @example
 * const worker = instrument(new Worker('reports', makeReport, { connection }))
 */
export function instrument<W extends object>(worker: W, options: InstrumentOptions = {}): W {
  watchJobs(worker, options)
  return worker
}

/** Watches one worker, or all workers of a prototype; returns whether its shape was recognised. */
export function watchJobs(target: object, options: WatchOptions): boolean {
  const startedAtMs = new WeakMap<Job, number>()
  return watch(target, options, (report) =>
    beforeCalls(target, 'emit', (worker, [event, job, thrown]) => {
      if (!isJob(job)) return
      if (event === 'active') report(worker, ({ clock }) => startedAtMs.set(job, clock.monotonicMs()))
      else if (event === 'completed' || (event === 'failed' && job.finishedOn !== undefined)) {
        const failure = event === 'failed' ? { thrown } : undefined
        report(worker, (recorder) => record(recorder, job.name, startedAtMs.get(job), failure))
      }
    }),
  )
}

/**
 * Watches all workers of a loaded BullMQ (5 or 6).
 * @param exports what `require('bullmq')` returns
 * @returns whether the module's shape was recognised
 */
export function observeBullMq(exports: unknown): boolean {
  const Worker: unknown = Object(exports).Worker
  return typeof Worker === 'function' && watchJobs(Object(Worker.prototype), { kind: 'jobs' })
}

function record(
  recorder: Recorder,
  name: string,
  startedAtMs: number | undefined,
  failure: { readonly thrown: unknown } | undefined,
): void {
  recorder.trackFeatureUsage(name)
  if (startedAtMs !== undefined) {
    const seconds = Math.max(0, recorder.clock.monotonicMs() - startedAtMs) / 1000
    recorder.metrics.feature_duration_seconds.record(seconds, { feature_name: name })
  }
  if (failure !== undefined) recorder.trackFeatureError(name, failure.thrown)
}

function isJob(value: unknown): value is Job {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'name') === 'string'
}
