import type { Callable } from '../shape.js'
import { type ClientMark, runMarked } from '../wire/observers.js'
import { sendObserved } from '../wire/send-observed.js'
import { hasFetchChannels } from '../wire/use-sources.js'

// Taken when the module loads: what an application puts in its place may send by other means.
const runtimeFetch: unknown = globalThis.fetch

interface Sending {
  readonly self: unknown
  readonly args: readonly unknown[]
  readonly mark: ClientMark
}

/** Sends a request of a marked client by the client's `fetch`. */
export function sendMarked(fetch: Callable, { self, args, mark }: Sending): unknown {
  const send = (): unknown => Reflect.apply(fetch, self, args)
  const isChannelled = hasFetchChannels && fetch === runtimeFetch
  return runMarked(mark, () => (isChannelled ? send() : sendObserved(send, args, hasFetchChannels)))
}
