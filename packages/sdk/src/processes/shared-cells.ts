import type { CellMemory, Clock } from '@quipu/core'
import type { ProcessId } from './process-id.js'
import { sharedCountOf, toUnixMs } from './published-series.js'
import { createSharedNames, type SharedMemory, type SharedSeries, seriesOf } from './shared-memory.js'

/** Numbers of a block: 64 KiB, so that a thread with some hundred series has one. */
const BLOCK = 8192
/** Bytes for the names of the series, to begin with: some hundred. The system gives what is written only. */
const NAMES = 65_536

/** Memory for a thread's numbers that outlives it. */
export interface SharedCells extends CellMemory {
  /** Announces what there is now, and from now on whatever is new. */
  open(): void
}

/**
 * Makes it. Where shared memory cannot be had the numbers lie in the heap, and what was announced is closed: of this
 * thread what stands in its files counts.
 *
 * @param announce hands the memory to who will read it when this thread is dead
 * @throws RangeError when there is no shared memory at all
 */
export function createSharedCells(id: ProcessId, clock: Clock, announce: (memory: SharedMemory) => void): SharedCells {
  const blocks: SharedArrayBuffer[] = []
  const numberOf = new Map<ArrayBufferLike, number>()
  let names = createSharedNames(NAMES)
  let announced = names
  let used = BLOCK
  let marks = 0
  let isOpen = false
  let isClosed = false

  const say = (): void => {
    if (!isOpen) return
    announce({ id, names: names.buffer, blocks })
    announced = names
  }
  const addBlock = (count: number): void => {
    const block = new SharedArrayBuffer(Math.max(BLOCK, count) * 8)
    numberOf.set(block, blocks.length)
    blocks.push(block)
    used = 0
    say()
  }
  /** Writes the list anew without the series that are no more, with more room than they take again. */
  const renewNames = (series: SharedSeries): void => {
    const all = [...seriesOf(names.buffer, blocks).map((one) => one.series), series]
    const bytes = all.reduce((sum, one) => sum + Buffer.byteLength(JSON.stringify(one)) + 1, 0)
    names = createSharedNames(NAMES + 2 * bytes)
    if (!all.every((one) => names.add(one))) throw new RangeError('a series whose name is longer than any may be')
    say()
  }
  const close = (): void => {
    isClosed = true
    // Others may hold a list before the newest.
    for (const list of [announced, names]) list.close()
  }

  return {
    take(count) {
      try {
        if (!isClosed) {
          if (used + count > BLOCK) addBlock(count)
          const at = used
          used += count
          return new Float64Array(blocks.at(-1) ?? new ArrayBuffer(count * 8), at * 8, count)
        }
      } catch {
        close()
      }
      return new Float64Array(count)
    },
    began(reading, cell) {
      if (isClosed) return
      try {
        const mark = ++marks
        cell.data[cell.at - 1] = mark
        const block = numberOf.get(cell.data.buffer) ?? -1
        const at = cell.data.byteOffset / 8 + cell.at
        const values = cell.values.map((value) => value ?? null)
        const start = toUnixMs(clock, cell.startedAtMs)
        const series: SharedSeries = [mark, reading.name, values, start, block, at, sharedCountOf(reading)]
        if (!names.add(series)) renewNames(series)
      } catch {
        close()
      }
    },
    open() {
      isOpen = true
      say()
    },
  }
}
