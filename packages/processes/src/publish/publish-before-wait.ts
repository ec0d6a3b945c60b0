import { isMainThread } from 'node:worker_threads'

/**
 * Publishes each time this thread is about to wait in `Atomics.wait`: threads of pools (tinypool, piscina) wait there
 * between two tasks, without a turn of the event loop for the timer of publications.
 * @returns a function that stops it
 */
export function publishBeforeWait(publish: () => void): () => void {
  if (isMainThread) return () => undefined
  const original = Atomics.wait
  const wait = ((...given: Parameters<typeof original>) => {
    publish()
    return Reflect.apply(original, Atomics, given)
  }) as typeof original
  // Frozen built-in objects stay unchanged.
  Reflect.defineProperty(Atomics, 'wait', { value: wait, configurable: true, writable: true })
  return () => {
    if (Atomics.wait === wait)
      Reflect.defineProperty(Atomics, 'wait', { value: original, configurable: true, writable: true })
  }
}
