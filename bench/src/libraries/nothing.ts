import type { Library } from '../library.js'
import { durationOf, endpointOf, modelOf, statusOf } from '../workload.js'

/** Takes the arguments, so that they escape, as they do into any library that is not inlined completely. */
export const sink: { readonly values: Float64Array; labels: unknown } = {
  values: new Float64Array(1),
  labels: undefined,
}

function take(value: number, labels: unknown): void {
  sink.values[0] = value
  sink.labels = labels
}

/** A library that does nothing. It measures the loop and the caller's object literal, which are part of every figure. */
export const library: Library = {
  recording: {
    add2: () => (i) => take(1, { model: modelOf(i), endpoint: endpointOf(i) }),
    add3: () => (i) =>
      take(1, {
        model: modelOf(i),
        endpoint: endpointOf(i),
        status: statusOf(i),
      }),
    record2: () => (i) => take(durationOf(i), { model: modelOf(i), endpoint: endpointOf(i) }),
    handleAdd: () => () => take(1, undefined),
    handleRecord: () => (i) => take(durationOf(i), undefined),
  },
  openCounter: () => (labels) => take(1, labels),
  openStore() {
    throw new Error('nothing stores nothing')
  },
}
