import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'

/** Events of a server that no channel of Node 20 publishes. */
export interface ServerEvents {
  onStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void
  onUpgrade(request: IncomingMessage, socket: Socket): void
  onClientError(error: unknown, socket: Socket): void
}

const watched = new WeakSet<object>()

/**
 * Watches the server of an accepted connection, once, for streams of HTTP/2, requests for another protocol and refused
 * requests. It uses only documented events, in ways that the application cannot notice.
 */
export function watchServerOf(socket: Socket, events: ServerEvents): void {
  const server = serverOf(socket)
  if (server === undefined || watched.has(server)) return
  watched.add(server)
  // Only a server of HTTP/2 has settings, and only one of HTTP/1 idle connections.
  if ('updateSettings' in server) server.prependListener('stream', events.onStream)
  if ('closeIdleConnections' in server) {
    watchWhileListened(server, 'upgrade', events.onUpgrade)
    watchWhileListened(server, 'connect', events.onUpgrade)
    watchWhileListened(server, 'clientError', events.onClientError)
  }
}

/**
 * Listens to an event, before the application, while the application listens: with a listener, Node hands over a connection
 * that it would otherwise respond to or close.
 */
function watchWhileListened(server: EventEmitter, event: string, listener: (...args: never[]) => void): void {
  const ours = listener as (...args: unknown[]) => void
  const others = (): number =>
    server.listenerCount(event) - server.listeners(event).filter((one) => one === ours).length
  const add = (): void => {
    if (!server.listeners(event).includes(ours)) server.prependListener(event, ours)
  }
  if (others() > 0) add()
  server.on('newListener', (name, added) => {
    if (name === event && added !== ours) add()
  })
  server.on('removeListener', (name) => {
    if (name === event && others() === 0) server.off(event, ours)
  })
}

/** The server that accepted a connection. */
export function serverOf(socket: Socket): EventEmitter | undefined {
  const server: unknown = Reflect.get(socket, 'server')
  return isServer(server) ? server : undefined
}

function isServer(value: unknown): value is EventEmitter {
  return typeof value === 'object' && value !== null && 'prependListener' in value && 'listenerCount' in value
}
