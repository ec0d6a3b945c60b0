import type { Socket } from 'node:net'

/**
 * Returns the status with which Node responds to a request that it cannot read to its end; 0 for a client that
 * disconnected, and for every other error.
 * @see https://nodejs.org/api/http.html#event-clienterror
 */
export function refusalOf(error: unknown): number {
  const code = String(Reflect.get(Object(error), 'code'))
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 413
  return code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE' ? 400 : 0
}

/** Returns the status with which Node has refused a request on a closed connection; 0 if it has not. */
export function refusalBy(socket: Socket, bytesBefore: number): number {
  return socket.bytesWritten > bytesBefore ? refusalOf(socket.errored) : 0
}
