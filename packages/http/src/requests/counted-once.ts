import type { Recorder } from '@quipu/core'

/** The calls that each recorder has counted. */
const counted = new WeakMap<Recorder, WeakSet<object>>()

/**
 * Returns whether a recorder counts a call for the first time: an application may use an adapter that `register` also adds.
 * @param call an object of this call alone
 */
export function countsFirst(recorder: Recorder, call: object): boolean {
  const calls = counted.get(recorder) ?? new WeakSet()
  counted.set(recorder, calls)
  if (calls.has(call)) return false
  calls.add(call)
  return true
}
