import { type ClientMark, runMarked } from '../observers/observers.js'
import type { Callable } from '../shape.js'
import { sendObserved } from './send-observed.js'
import { hasFetchChannels } from './use-sources.js'

// Captured when the module loads: an application's replacement may not use Node's transport.
const runtimeFetch: unknown = globalThis.fetch

interface Sending {
  readonly self: unknown
  readonly args: readonly unknown[]
  readonly mark: ClientMark
}

/** Sends a request of a marked client through the client's `fetch`. */
export function sendMarked(fetch: Callable, { self, args, mark }: Sending): unknown {
  const send = (): unknown => Reflect.apply(fetch, self, args)
  const isChannelled = hasFetchChannels && fetch === runtimeFetch
  return runMarked(mark, () => (isChannelled ? send() : sendObserved(send, args, hasFetchChannels)))
}
