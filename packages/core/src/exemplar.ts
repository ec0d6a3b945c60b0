import type { SeriesCell } from './series-cell.js'
import type { StoreContext } from './store-context.js'

/** Keeps the value with the running trace, one exemplar a bucket, the last one said. Only called where exemplars are on. */
export function exemplarNow(context: StoreContext, cell: SeriesCell, bucket: number, value: number): void {
  try {
    const trace = context.exemplarSource?.()
    if (trace === undefined) return
    cell.exemplars ??= []
    cell.exemplars[bucket] = { value, unixMs: context.clock.unixMs(), traceId: trace.traceId, spanId: trace.spanId }
  } catch {
    context.drop('exemplar', 'threw')
  }
}
