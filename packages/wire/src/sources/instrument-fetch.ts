import type { InstrumentOptions } from '../observers/instrument-options.js'
import type { Callable } from '../shape.js'
import { sendMarked } from './send-marked.js'
import { useSources } from './use-sources.js'

/**
 * Creates a `fetch` that observes the model calls it sends, for clients on runtimes without diagnostics channels (Bun,
 * Deno, Workers), and for an application's own `fetch` that does not use Node's.
 *
 * @param fetch the function that sends requests
 * @param options the recorder and the endpoint of the calls
 * @returns a function of the same type, which throws and rejects as `fetch` does. The response of an observed call
 * equals that of `fetch`; its body is observed while it is read.
 * @example
 * const client = new OpenAI({ fetch: instrumentFetch(fetch, { endpoint: 'chat' }) })
 */
export function instrumentFetch<F extends (...args: never[]) => unknown>(
  fetch: F,
  { recorder, endpoint }: InstrumentOptions = {},
): F {
  if (typeof fetch !== 'function') return fetch
  useSources()
  const mark = { recorder, endpoint }
  const send = fetch as unknown as Callable
  const observed: Callable = function (...args) {
    return sendMarked(send, { self: this, args, mark })
  }
  // Keeps name, length and other properties, such as Bun's `preconnect`.
  Object.defineProperties(observed, Object.getOwnPropertyDescriptors(fetch))
  return observed as unknown as F
}
