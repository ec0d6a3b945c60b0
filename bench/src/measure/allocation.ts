import type { Call } from '../library.js'
import { median } from '../statistics.js'
import { collectGarbage } from './heap.js'
import { repeat, warmUp } from './time.js'

const CALLS = 40_000

/**
 * Bytes per call that stay on the heap: the growth over 40,000 warm calls, median of five measurements. The process must
 * have a young generation that holds all of it.
 */
export function bytesPerCall(call: Call): number {
  warmUp(call)
  const growth = Array.from({ length: 5 }, () => {
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    repeat(call, CALLS)
    return process.memoryUsage().heapUsed - before
  })
  return median(growth) / CALLS
}
