import type { StoreContext } from '../store-context.js'
import type { SeriesCell } from './series-cell.js'

/** Keeps the value with the running trace: the last exemplar of each bucket. Only called where exemplars are on. */
export function exemplarNow(context: StoreContext, cell: SeriesCell, bucket: number, value: number): void {
  const trace = context.exemplarSource?.()
  if (trace === undefined) return
  cell.exemplars ??= []
  cell.exemplars[bucket] = { value, unixMs: context.clock.unixMs(), ...trace }
}
