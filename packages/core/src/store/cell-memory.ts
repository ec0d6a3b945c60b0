import type { Cell, MetricReading } from './reading.js'

/** Memory that a store's numbers lie in when somebody else is to read them who has none of its objects. */
export interface CellMemory {
  /** Room for so many numbers, all zero. Never throws. */
  take(count: number): Float64Array
  /**
   * Hears of each series when it has its place in that memory, before anything is recorded in it. The number before a
   * cell's own is for the memory to mark whose the place is; the store makes it zero when it takes the place back, and
   * before another series has it. Never throws.
   */
  began(reading: MetricReading, cell: Cell): void
}
