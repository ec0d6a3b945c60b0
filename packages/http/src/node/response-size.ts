import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** What Node stores on a response. */
interface Stored {
  /** The length of the body that Node computed or received. */
  readonly _contentLength?: unknown
  /** The status line and the headers, once they were sent. Bun does not keep them. */
  readonly _header?: unknown
}

function sentHead({ _header: head }: Stored): string | undefined {
  return typeof head === 'string' && head.length > 1 ? head : undefined
}

/**
 * Returns the size of a response's body in bytes, without its head. Node stores a length that it computed or received.
 * For a response without one, the size is the number of bytes that the connection has carried since the request began,
 * including the framing of chunks.
 * @returns -1 if unknown
 */
export function responseSize(response: ServerResponse & Stored, bytesBefore: number, socket: Socket): number {
  const length = response._contentLength
  if (typeof length === 'number') return length
  if (!response.headersSent) return -1
  // A connection of Bun counts the bytes of bodies only.
  const bytes = socket.bytesWritten - bytesBefore - (sentHead(response)?.length ?? 0)
  // A connection that is no socket of Node has no counter.
  return Number.isNaN(bytes) ? -1 : Math.max(0, bytes)
}

/** The message that Node stored on the latest response of each status. */
const messages: string[] = []

/**
 * Returns the status that was sent; 0 before the head was sent. Applications set `statusCode` also after that. Node stores the
 * message of the sent status: while it is the usual one of `statusCode`, the head of a complete response is not read. On
 * Express each further read takes 300 ns, see `latestRequestOf`, and the head would first be joined.
 */
export function sentStatus(response: ServerResponse & Stored, isComplete: boolean): number {
  const { statusCode, statusMessage } = response
  if (isComplete && messages[statusCode] === statusMessage) return statusCode
  const head = sentHead(response)
  if (head === undefined) return response.headersSent ? statusCode : 0
  const sent = Number(head.slice(9, 12))
  if (sent === statusCode) messages[sent] = statusMessage
  return sent
}

/** Returns whether a response is a stream of server-sent events, which has no length. */
export function isEventStream(response: ServerResponse & Stored): boolean {
  if (typeof response._contentLength === 'number') return false
  const head = sentHead(response)
  if (head !== undefined) return /^content-type: *text\/event-stream/im.test(head)
  return String(response.getHeader('content-type') ?? '').startsWith('text/event-stream')
}

/**
 * Returns the size of a request's body in bytes, as its head declares it: 0 without a body, -1 for an unknown length.
 * It reads the raw headers, because Node creates the `headers` object on first access, which the application may never
 * need.
 */
export function requestSize(rawHeaders: readonly string[]): number {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      const length = Number(rawHeaders[i + 1])
      return Number.isFinite(length) ? length : -1
    }
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') return -1
  }
  return 0
}

/** Bytes written to a connection so far. Node's own counter iterates over waiting data, if any. */
export function bytesWrittenBy(socket: Socket & { readonly _bytesDispatched?: unknown }): number {
  const dispatched = socket.writableLength === 0 ? socket._bytesDispatched : undefined
  return typeof dispatched === 'number' ? dispatched : socket.bytesWritten
}
