import type { Callable } from '../shape.js'
import { useSources } from '../wire/use-sources.js'
import type { InstrumentOptions } from './mark-client.js'
import { sendMarked } from './send-marked.js'

/**
 * Makes a `fetch` that observes the model calls it sends: for clients on runtimes without diagnostics channels (Bun, Deno,
 * Workers), and for a `fetch` of the application's that sends nothing through Node's.
 *
 * @param fetch the function that sends
 * @param options what to record with, and what the calls are called
 * @returns a function of the same type. The response of an observed call is equal to the one that `fetch` gives; its body is
 * observed as it is read. Throws and rejects only as `fetch` does.
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
  // With its name, its length and what else it has, as Bun's `preconnect`.
  Object.defineProperties(observed, Object.getOwnPropertyDescriptors(fetch))
  return observed as unknown as F
}
