import type { Call } from '../library.js'

export interface TimingOptions {
  readonly batches: number
  /** Minimum duration of a batch, so that reading the clock and an occasional garbage collection are negligible. */
  readonly batchMs: number
}

const WARM_UP_CALLS = 300_000

/** Calls in a loop within one function, so that V8 optimises the loop with the call inlined, as in an application. */
export function repeat(call: Call, calls: number): void {
  for (let i = 0; i < calls; i++) call(i)
}

/** Long enough that hot code is optimised, and optimised again after a deoptimisation. */
export function warmUp(call: Call): void {
  for (let done = 0; done < WARM_UP_CALLS; done += 10_000) repeat(call, 10_000)
}

/** Warms up, then determines the number of calls per batch. */
export function prepareBatch(call: Call, { batchMs }: TimingOptions): number {
  warmUp(call)
  for (let calls = 10_000; ; calls *= 2) {
    if (timeBatch(call, calls) * calls >= batchMs * 1e6) return calls
  }
}

/** Nanoseconds per call. */
export function timeBatch(call: Call, calls: number): number {
  const from = process.hrtime.bigint()
  repeat(call, calls)
  return Number(process.hrtime.bigint() - from) / calls
}

/** Nanoseconds per call, one figure per batch. */
export function timeCalls(call: Call, options: TimingOptions): number[] {
  const calls = prepareBatch(call, options)
  return Array.from({ length: options.batches }, () => timeBatch(call, calls))
}
