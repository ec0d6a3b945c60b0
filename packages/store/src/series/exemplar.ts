import type { StoreContext } from '../store-context.js'
import type { SeriesCell } from './series-cell.js'

/** Stores the value with the running trace as the last exemplar of its bucket. Only called if exemplars are enabled. */
export function exemplarNow(context: StoreContext, cell: SeriesCell, bucket: number, value: number): void {
  const trace = context.exemplarSource?.()
  if (trace === undefined) return
  cell.exemplars ??= []
  cell.exemplars[bucket] = { value, unixMs: context.clock.unixMs(), ...trace }
}
