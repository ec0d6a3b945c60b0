import { errorMonitor } from 'node:events'
import { describeError } from '@quipu/core'
import { beforeCalls } from '../reports/before-calls.js'
import { type InstrumentOptions, type WatchOptions, watch } from '../reports/watch.js'

/**
 * Reports the `error` events of a WebSocket server's connections as activity events `error`, by their type and never their
 * message. The requests and the durations of WebSockets are recorded without this, as for any server.
 *
 * @param server a `WebSocketServer` of ws 8
 * @param options `recorder` to record into
 * @returns the same object; an error that nothing listens to still ends the process; never throws
 * @see https://github.com/websockets/ws/blob/master/doc/ws.md#event-error-1
 * @example
 * const sockets = instrument(new WebSocketServer({ server }))
 */
export function instrument<S extends object>(server: S, options: InstrumentOptions = {}): S {
  watch(server, options, () => {
    if (!isEmitter(server)) return false
    server.on('connection', (socket) => watchSocket(socket, options))
    return true
  })
  return server
}

/**
 * Watches the connections of all servers of a loaded ws (7 and 8), also those of libraries above it.
 * @param exports the class `WebSocket`
 * @returns whether the module's shape was recognised
 */
export function observeWebSockets(exports: unknown): boolean {
  const prototype: unknown = typeof exports === 'function' ? exports.prototype : undefined
  if (typeof prototype !== 'object' || prototype === null) return false
  // Called once for each connection, also for a server that emits no `connection`.
  return beforeCalls(prototype, 'setSocket', (socket) => {
    if (Reflect.get(socket, '_isServer') === true) watchSocket(socket, { kind: 'sockets' })
  })
}

function watchSocket(socket: unknown, options: WatchOptions): void {
  if (!isEmitter(socket)) return
  watch(socket, options, (report) => {
    // Unlike a listener for errors, a monitor does not handle an error.
    socket.on(errorMonitor, (error) => report(socket, ({ trackError }) => trackError(typeOf(error))))
    return true
  })
}

/** Violations of the protocol are errors of the client. */
function typeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' && code.startsWith('WS_ERR_') ? 'validation' : describeError(error).type
}

interface Emitter {
  on(event: string | symbol, listener: (error: unknown) => void): unknown
}

function isEmitter(value: unknown): value is Emitter {
  return typeof value === 'object' && value !== null && 'on' in value
}
