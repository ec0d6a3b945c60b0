import { sendObserved } from './send-observed.js'
import type { Source } from './source.js'

/**
 * The global `fetch` of runtimes that have no channels for it; it is replaced. A client that took the runtime's own before
 * is not seen.
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
    // With what the runtime's own has beside being a function, as Bun's `preconnect`.
    Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(original))
    globalThis.fetch = replacement as typeof fetch
    return () => {
      isActive = false
      if (globalThis.fetch === replacement) globalThis.fetch = original
    }
  },
}
