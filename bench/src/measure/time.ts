import type { Call } from '../library.js'

export interface TimingOptions {
  readonly batches: number
  /** A batch lasts at least this long, so that the clock and the odd collection of garbage are small beside it. */
  readonly batchMs: number
}

const WARM_UP_CALLS = 300_000

/** Calls in a loop of its own function, so that the loop is optimised with the call inlined, as an application's is. */
export function repeat(call: Call, calls: number): void {
  for (let i = 0; i < calls; i++) call(i)
}

/** Long enough that what is hot is optimised, and what was optimised too early is so again. */
export function warmUp(call: Call): void {
  for (let done = 0; done < WARM_UP_CALLS; done += 10_000) repeat(call, 10_000)
}

/** Warms up, then finds how many calls make a batch. */
export function prepareBatch(call: Call, { batchMs }: TimingOptions): number {
  warmUp(call)
  for (let calls = 10_000; ; calls *= 2) {
    if (timeBatch(call, calls) * calls >= batchMs * 1e6) return calls
  }
}

/** Nanoseconds a call. */
export function timeBatch(call: Call, calls: number): number {
  const from = process.hrtime.bigint()
  repeat(call, calls)
  return Number(process.hrtime.bigint() - from) / calls
}

/** Nanoseconds a call, one figure a batch. */
export function timeCalls(call: Call, options: TimingOptions): number[] {
  const calls = prepareBatch(call, options)
  return Array.from({ length: options.batches }, () => timeBatch(call, calls))
}
