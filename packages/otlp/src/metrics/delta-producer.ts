import { DELTA } from '@quipu/catalog/symbols'
import type { ImmediateMetricProducer, Store } from '@quipu/store'

const holder: typeof globalThis & { [DELTA]?: WeakMap<object, ImmediateMetricProducer> } = globalThis

/**
 * The producer of a recorder's deltas. It stays the recorder's own, so that who shuts down and starts again goes on where
 * he ended, instead of telling everything since the beginning once more.
 */
export function deltaProducerOf(recorder: Store): ImmediateMetricProducer {
  holder[DELTA] ??= new WeakMap()
  const producer = holder[DELTA].get(recorder) ?? recorder.producer({ temporality: 'delta' })
  holder[DELTA].set(recorder, producer)
  return producer
}
