import { defaultRecorder, type Recorder } from '@quipu/core'
import type { InstrumentOptions } from '../events/instrument-options.js'
import { watchEvents } from '../events/watch-events.js'

/** The parts of a job that are used; never its id or data. */
interface Job {
  readonly name: string
  /** Set when the job is over: a failed job that is tried again has none. */
  readonly finishedOn?: number
}

/**
 * Records the jobs of a worker as features under their names: use and duration of each job that is over, and its error by
 * class. An attempt that is tried again is not counted; the duration is that of the last attempt.
 *
 * @param worker a `Worker` of BullMQ 5 or 6
 * @param options `recorder` to record into
 * @returns the same object, whose jobs and events are unchanged; never throws
 * @see https://docs.bullmq.io/guide/workers
 * @example
 * const worker = instrument(new Worker('reports', makeReport, { connection }))
 */
export function instrument<W extends object>(worker: W, { recorder = defaultRecorder() }: InstrumentOptions = {}): W {
  const startedAtMs = new WeakMap<Job, number>()
  watchEvents(worker, recorder, (_worker, event, [job, thrown]) => {
    if (!isJob(job)) return
    if (event === 'active') startedAtMs.set(job, recorder.clock.monotonicMs())
    else if (event === 'completed' || (event === 'failed' && job.finishedOn !== undefined)) {
      const from = startedAtMs.get(job)
      recorder.guard('http', () => record(recorder, job.name, from, event === 'failed' ? { thrown } : undefined))
    }
  })
  return worker
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
