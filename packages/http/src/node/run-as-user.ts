import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Recorder } from '@quipu/core'
import { type UserOf, withUserOf } from '../requests/request-user.js'
import { serverOf } from './watch-server.js'

type Emit = (this: object, event: unknown, ...args: unknown[]) => boolean

/** Makes a server of Node handle each request on behalf of its user. Its listeners are not replaced. */
export function runAsUser(server: EventEmitter, recorder: Recorder, user: UserOf<IncomingMessage>): void {
  const emit = server.emit as Emit
  const emitAsUser: Emit = function (event, request, ...rest) {
    const run = (): boolean => Reflect.apply(emit, this, [event, request, ...rest])
    return event === 'request' ? withUserOf(recorder, user, request as IncomingMessage, run) : run()
  }
  Object.defineProperty(server, 'emit', { value: emitAsUser, configurable: true, writable: true })
}

/**
 * Makes every server of the process handle each request on behalf of its user, from the server's first connection on.
 * @returns a function that ends it
 */
export function runServersAsUser(recorder: Recorder, user: UserOf<IncomingMessage>): () => void {
  const seen = new WeakSet<object>()
  let isStopped = false
  const onSocket = (message: unknown): void => {
    // Node rethrows an error of a subscriber where nothing can catch it.
    recorder.guard('http', () => {
      const server = serverOf((message as { readonly socket: Socket }).socket)
      if (server === undefined || seen.has(server)) return
      seen.add(server)
      runAsUser(server, recorder, (request) => (isStopped ? undefined : user(request)))
    })
  }
  subscribe('net.server.socket', onSocket)
  return () => {
    isStopped = true
    unsubscribe('net.server.socket', onSocket)
  }
}
