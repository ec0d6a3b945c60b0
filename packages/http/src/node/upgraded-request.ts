import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { forgetLatestRequest } from '../requests/latest-request.js'
import type { OpenRequest } from '../requests/open-request.js'
import { beginWithoutResponse } from './http1-request.js'
import { watchAnswer } from './watch-answer.js'

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
