import type { Socket } from 'node:net'

/**
 * Returns the size of a response's body in bytes, without its head. Node stores a length that it computed or received.
 * For a response without one, the size is the number of bytes that the connection has carried since the request began,
 * including the framing of chunks.
 * @returns -1 if unknown
 */
export function responseSize(response: object, bytesBefore: number, socket: Socket | undefined): number {
  const length: unknown = Reflect.get(response, '_contentLength')
  if (typeof length === 'number') return length
  const head: unknown = Reflect.get(response, '_header')
  if (typeof head !== 'string' || socket == null) return -1
  return Math.max(0, socket.bytesWritten - bytesBefore - head.length)
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
export function bytesWrittenBy(socket: Socket): number {
  const dispatched: unknown = Reflect.get(socket, '_bytesDispatched')
  return typeof dispatched === 'number' && socket.writableLength === 0 ? dispatched : socket.bytesWritten
}
