import { isMainThread } from 'node:worker_threads'

/**
 * Publishes each time this thread is about to wait in `Atomics.wait`: the threads of pools (tinypool, piscina) spend the time
 * between two tasks there, without a turn of the event loop that the timer of the publications needs.
 * @returns the function that stops it
 */
export function publishBeforeWait(publish: () => void): () => void {
  if (isMainThread) return () => undefined
  const original = Atomics.wait
  const wait = ((...given: Parameters<typeof original>) => {
    publish()
    return Reflect.apply(original, Atomics, given)
  }) as typeof original
  // Where built-in objects are frozen nothing changes.
  Reflect.defineProperty(Atomics, 'wait', { value: wait, configurable: true, writable: true })
  return () => {
    if (Atomics.wait === wait)
      Reflect.defineProperty(Atomics, 'wait', { value: original, configurable: true, writable: true })
  }
}
