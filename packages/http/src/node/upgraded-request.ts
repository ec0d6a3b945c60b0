import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { forgetLatestRequest } from '../requests/latest-request.js'
import type { OpenRequest } from '../requests/open-request.js'
import { beginWithoutResponse } from './http1-request.js'

/**
 * Opens a request for another protocol (WebSocket, CONNECT). It ends with the response of the application, or when the
 * connection closes before it; a switched connection is timed separately until it closes.
 */
export function beginUpgradedRequest(request: IncomingMessage, socket: Socket): OpenRequest | undefined {
  const open = beginWithoutResponse(request, socket)
  if (open === undefined) return undefined
  let hasAnswer = false
  const end = (status: number): void => {
    if (hasAnswer) return
    hasAnswer = true
    const isComplete = status > 0
    const isSwitched = status === 101 || (request.method === 'CONNECT' && status >= 200 && status < 300)
    const finish = (): void => {
      forgetLatestRequest(open)
      open.end({ status, isComplete, requestBytes: 0, responseBytes: 0, isStream: false }, isSwitched)
    }
    // A router may name the route only after the connection was accepted.
    if (isComplete) setImmediate(finish)
    else finish()
  }
  watchAnswer(socket, (status) => end(status))
  socket.once('close', () => {
    end(0)
    // Runs after the pending end of the request.
    setImmediate(() => open.endStream())
  })
  return open
}

type Write = (this: Socket, ...args: unknown[]) => unknown

/** Reads the status line of the first data written to a connection, and then restores the connection's methods. */
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

/** Returns the status in the first bytes of a response; 0 without a status line. */
function statusOf(chunk: unknown): number {
  const text = typeof chunk === 'string' ? chunk.slice(0, 12) : chunk instanceof Uint8Array ? latin1(chunk) : ''
  return Number(/^HTTP\/1\.[01] (\d{3})$/.exec(text)?.[1] ?? 0)
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 12))
}
