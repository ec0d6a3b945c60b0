import { DELTA } from '@quipu/catalog/symbols'
import type { ImmediateMetricProducer, Store } from '@quipu/store'

const holder: typeof globalThis & { [DELTA]?: WeakMap<object, ImmediateMetricProducer> } = globalThis

/**
 * Returns the producer of a recorder's deltas. It belongs to the recorder, so that after a shutdown and a new start the
 * deltas continue, instead of repeating all values since the beginning.
 */
export function deltaProducerOf(recorder: Store): ImmediateMetricProducer {
  holder[DELTA] ??= new WeakMap()
  const producer = holder[DELTA].get(recorder) ?? recorder.producer({ temporality: 'delta' })
  holder[DELTA].set(recorder, producer)
  return producer
}
