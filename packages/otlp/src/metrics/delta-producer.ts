import type { ImmediateMetricProducer, Recorder } from '@quipu/core'

/** Of the process, also for a second copy of this package. It changes when what is kept no longer fits. */
const KEY = Symbol.for('quipu.delta.v1')
const holder: typeof globalThis & { [KEY]?: WeakMap<object, ImmediateMetricProducer> } = globalThis

/**
 * The producer of a recorder's deltas. It stays the recorder's own, so that who shuts down and starts again goes on where
 * he ended, instead of telling everything since the beginning once more.
 */
export function deltaProducerOf(recorder: Recorder): ImmediateMetricProducer {
  holder[KEY] ??= new WeakMap()
  const producer = holder[KEY].get(recorder) ?? recorder.producer({ temporality: 'delta' })
  holder[KEY].set(recorder, producer)
  return producer
}
