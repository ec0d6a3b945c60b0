import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { wrapMethod } from '../reports/wrap-method.js'

/** Events of the servers of a runtime. */
export interface EmittedEvents {
  /** Called before the first request of a server. */
  onServer(server: EventEmitter): void
  onRequest(request: IncomingMessage, response: ServerResponse): void
  onUpgrade(request: IncomingMessage, socket: Socket): void
}

type Emit = (this: EventEmitter, event: unknown, first: unknown, second: unknown, ...rest: unknown[]) => boolean

/**
 * Watches the events of all servers of `node:http` and `node:https` on Bun, which publishes no requests on channels.
 * @returns a function that ends it
 */
export function watchEmittedRequests({ onServer, onRequest, onUpgrade }: EmittedEvents): () => void {
  if (!('Bun' in globalThis)) return () => undefined
  const { Server } = process.getBuiltinModule('node:http')
  let isActive = true
  const seen = new WeakSet<object>()
  wrapMethod<Emit>(Server.prototype, 'emit', (emit) => {
    return function (event, first, second, ...rest) {
      if (isActive && event === 'request') {
        if (!seen.has(this)) onServer(this)
        seen.add(this)
        onRequest(first as IncomingMessage, second as ServerResponse)
      } else if (isActive && (event === 'upgrade' || event === 'connect')) {
        onUpgrade(first as IncomingMessage, second as Socket)
      }
      return Reflect.apply(emit, this, [event, first, second, ...rest])
    }
  })
  return () => {
    isActive = false
  }
}
