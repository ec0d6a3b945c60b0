import type { SeriesCell } from './series-cell.js'
import type { StoreContext, TraceReference } from './store-context.js'

type Source = () => TraceReference | undefined

/** An application's source of traces as the store asks it: never within itself, and what it throws is told and is no trace. */
export function createExemplarSource(source: Source, onThrow: () => void): Source {
  let asking = false
  return () => {
    // What the source records itself, and what is counted because it threw, would ask it again without end.
    if (asking) return undefined
    asking = true
    try {
      const trace = source()
      return trace && { traceId: trace.traceId, spanId: trace.spanId }
    } catch {
      onThrow()
      return undefined
    } finally {
      asking = false
    }
  }
}

/** Keeps the value with the running trace, one exemplar a bucket, the last one said. Only called where exemplars are on. */
export function exemplarNow(context: StoreContext, cell: SeriesCell, bucket: number, value: number): void {
  const trace = context.exemplarSource?.()
  if (trace === undefined) return
  cell.exemplars ??= []
  cell.exemplars[bucket] = { value, unixMs: context.clock.unixMs(), ...trace }
}
