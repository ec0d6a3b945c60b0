import { defaultRecorder, type Recorder } from '@quipu/core'
import { followGarbageCollection } from './garbage-collection.js'
import { sampleRuntime } from './runtime-sample.js'
import { samplePromClient } from './sample-prom-client.js'
import { sampleSemconv } from './sample-semconv.js'

export interface ObserveRuntimeOptions {
  /** Default: the process's own. */
  readonly recorder?: Recorder | undefined
}

interface Observed {
  uses: number
  stop: () => void
  readonly sample: () => void
}

/** A recorder is sampled by one sampler, which goes on where it was: what it adds to a counter is added once. */
const observed = new WeakMap<Recorder, Observed>()

/**
 * Records the metrics of this process and its runtime (`process.*`, `nodejs.*`, `v8js.*`, and prom-client's default ones
 * where they are spoken), sampled whenever the recorder is read. Never throws.
 *
 * @returns a function that ends it
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
    const speaksPromClient = recorder.speaks('prom_client')
    if (!speaksPromClient && !recorder.speaks('semconv')) return
    const sample = sampleRuntime()
    if (recorder.speaks('semconv')) semconv(sample)
    if (speaksPromClient) promClient(sample)
  }
}
