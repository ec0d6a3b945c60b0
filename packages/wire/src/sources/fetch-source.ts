import { sendObserved } from './send-observed.js'
import type { Source } from './source.js'

/**
 * Replaces the global `fetch` of runtimes without channels for it. A client that has captured the original before is not
 * observed.
 */
export const fetchSource: Source = {
  name: 'fetch',
  subscribe() {
    const original = globalThis.fetch
    if (typeof original !== 'function') return () => undefined
    let isActive = true
    const replacement = function (this: unknown, ...args: Parameters<typeof fetch>) {
      const send = () => Reflect.apply(original, this, args)
      return isActive ? sendObserved(send, args, false) : send()
    }
    // Keeps the runtime's other properties, such as Bun's `preconnect`.
    Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(original))
    globalThis.fetch = replacement as typeof fetch
    return () => {
      isActive = false
      if (globalThis.fetch === replacement) globalThis.fetch = original
    }
  },
}
