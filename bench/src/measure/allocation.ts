import type { Call } from '../library.js'
import { median } from '../statistics.js'
import { collectGarbage } from './heap.js'
import { repeat, warmUp } from './time.js'

const CALLS = 40_000

/**
 * Bytes that a call leaves on the heap: the growth over 40,000 warm calls, the median of five times. The process must
 * have been started with a young generation that holds all of it.
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
