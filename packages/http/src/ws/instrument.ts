import { errorMonitor } from 'node:events'
import { defaultRecorder, describeError } from '@quipu/core'
import type { InstrumentOptions } from '../events/instrument-options.js'

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
export function instrument<S extends object>(server: S, { recorder = defaultRecorder() }: InstrumentOptions = {}): S {
  const recorders = instrumented.get(server) ?? new WeakSet()
  instrumented.set(server, recorders)
  if (recorders.has(recorder) || !isEmitter(server)) return server
  recorders.add(recorder)
  server.on('connection', (socket) => {
    if (!isEmitter(socket)) return
    // Unlike a listener for errors, a monitor leaves an error unhandled that nothing else handles.
    socket.on(errorMonitor, (error) => {
      recorder.guard('http', () => recorder.trackError(typeOf(error)))
    })
  })
  return server
}

const instrumented = new WeakMap<object, WeakSet<object>>()

/** Errors of the protocol are the client's. */
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
