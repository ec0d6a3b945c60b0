import type { EventSpecs, MetricSpecs } from '@quipu/catalog/builtin'
import type { Recorder } from '@quipu/core'
import { createHandler } from '@quipu/prometheus'
import type { FlushOutcome, Quipu } from './quipu.js'

const nothing: FlushOutcome = { delivered: 0, held: 0, dropped: 0, errors: [] }

/** The result of `start()` under OTEL_SDK_DISABLED: it does nothing, opens nothing and listens to nothing. */
export function createDisabledQuipu<M extends MetricSpecs, E extends EventSpecs>(
  recorder: Recorder<M, E>,
): Quipu<M, E> {
  const handler = createHandler({ pages: {} })
  return {
    ready: Promise.resolve({ urls: { custom: '', standard: '' } }),
    handler,
    fetch: handler.fetch,
    page: async () => '',
    flush: async () => nothing,
    shutdown: async () => nothing,
    recorder,
    metrics: recorder.metrics,
  }
}
