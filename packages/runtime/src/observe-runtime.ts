import { defaultRecorder, type Recorder } from '@quipu/core'
import { followGarbageCollection } from './garbage-collection.js'
import { sampleRuntime } from './runtime-sample.js'
import { samplePromClient } from './sample-prom-client.js'
import { sampleSemconv } from './sample-semconv.js'

export interface ObserveRuntimeOptions {
  /** Default: the recorder of the process. */
  readonly recorder?: Recorder | undefined
}

interface Observed {
  uses: number
  stop: () => void
  readonly sample: () => void
}

/** Each recorder has one sampler, which continues after a stop, so that a counter gets each increase once. */
const observed = new WeakMap<Recorder, Observed>()

/**
 * Records the metrics of this process and its runtime (`process.*`, `nodejs.*`, `v8js.*`, and prom-client's default
 * metrics if that vocabulary is enabled). They are sampled whenever the recorder is read.
 *
 * @param options `recorder` to record into
 * @returns a function that stops the observation; never throws
 * @see https://opentelemetry.io/docs/specs/semconv/runtime/nodejs-metrics/
 * @example
 * const stop = observeRuntime({ recorder: createRecorder() })
 */
export function observeRuntime({ recorder = defaultRecorder() }: ObserveRuntimeOptions = {}): () => void {
  const known = observed.get(recorder) ?? { uses: 0, stop: () => undefined, sample: createSampler(recorder) }
  observed.set(recorder, known)
  if (known.uses++ === 0) {
    const stopSampling = recorder.onCollect(known.sample)
    const stopFollowing = followGarbageCollection(recorder)
    known.stop = () => {
      stopSampling()
      stopFollowing()
    }
  }
  let isStopped = false
  return () => {
    if (isStopped) return
    isStopped = true
    if (--known.uses === 0) known.stop()
  }
}

function createSampler(recorder: Recorder): () => void {
  const semconv = sampleSemconv(recorder)
  const promClient = samplePromClient(recorder)
  return () => {
    const recordsPromClient = recorder.records('prom_client')
    if (!recordsPromClient && !recorder.records('semconv')) return
    const sample = sampleRuntime()
    if (recorder.records('semconv')) semconv(sample)
    if (recordsPromClient) promClient(sample)
  }
}
