import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { OpenRequest } from '../requests/open-request.js'
import { sharedRequests } from '../requests/request-registry.js'
import { openHttp1Request } from './http1-request.js'

/**
 * Opens a request that asks for another protocol (WebSocket, CONNECT). It ends with the answer of the application, or when the
 * connection closes before; a connection that was switched is timed apart, until it closes.
 */
export function beginUpgrade(request: IncomingMessage, socket: Socket): OpenRequest | undefined {
  const open = openHttp1Request(request)
  if (open === undefined) return undefined
  let hasAnswer = false
  const end = (status: number): void => {
    if (hasAnswer) return
    hasAnswer = true
    const isComplete = status > 0
    const isSwitched = status === 101 || (request.method === 'CONNECT' && status >= 200 && status < 300)
    const finish = (): void => {
      sharedRequests().open.clear(request)
      open.end({ status, isComplete, requestBytes: 0, responseBytes: 0, isStream: false }, isSwitched)
    }
    // A router may learn of the connection only once it has been accepted.
    if (isComplete) setImmediate(finish)
    else finish()
  }
  watchAnswer(socket, (status) => end(status))
  socket.once('close', () => {
    end(0)
    // After the end that is still to come.
    setImmediate(() => open.endStream())
  })
  return open
}

type Write = (this: Socket, ...args: unknown[]) => unknown

/** Reads the status line of the first that is written to a connection; after it the connection is as it was before. */
function watchAnswer(socket: Socket, onStatus: (status: number) => void): void {
  const names = ['write', 'end'] as const
  const own = names.map((name) => Object.getOwnPropertyDescriptor(socket, name))
  const restore = (): void => {
    names.forEach((name, i) => {
      const before = own[i]
      if (before === undefined) Reflect.deleteProperty(socket, name)
      else Object.defineProperty(socket, name, before)
    })
  }
  for (const name of names) {
    const original = socket[name] as Write
    const watching: Write = function (...args) {
      restore()
      const status = statusOf(args[0])
      if (status > 0) onStatus(status)
      return Reflect.apply(original, this, args)
    }
    Object.defineProperty(socket, name, { value: watching, configurable: true, writable: true, enumerable: false })
  }
}

/** The status of an answer by its first bytes; 0 where they are no status line. */
function statusOf(chunk: unknown): number {
  const text = typeof chunk === 'string' ? chunk.slice(0, 12) : chunk instanceof Uint8Array ? latin1(chunk) : ''
  return Number(/^HTTP\/1\.[01] (\d{3})$/.exec(text)?.[1] ?? 0)
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 12))
}
