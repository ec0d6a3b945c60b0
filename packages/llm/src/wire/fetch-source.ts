import { sendObserved } from './send-observed.js'
import type { Source } from './source.js'

/**
 * The global `fetch` of runtimes without channels for it, which is replaced. A client that has captured the runtime's
 * own before is not observed.
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
    // With the runtime's further properties, such as Bun's `preconnect`.
    Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(original))
    globalThis.fetch = replacement as typeof fetch
    return () => {
      isActive = false
      if (globalThis.fetch === replacement) globalThis.fetch = original
    }
  },
}
