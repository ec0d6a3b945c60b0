import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createPrivateSlot } from '../requests/private-slot.js'

/** The unfinished responses of a connection, in the order of their requests. */
const owed = createPrivateSlot<ServerResponse[]>()

/**
 * Ends a response if its connection closes before the response was handed over. One listener serves all requests of a
 * connection.
 */
export function endWithConnection(response: ServerResponse, end: (response: ServerResponse) => void): void {
  const { socket } = response.req
  const known = owed.get(socket)
  if (known !== undefined) {
    known.push(response)
    return
  }
  const responses = [response]
  owed.set(socket, responses)
  socket.once('close', () => {
    for (const one of responses.splice(0)) end(one)
  })
}

/** Removes a response that was handed over to its connection. */
export function leaveConnection(response: ServerResponse, socket: Socket): void {
  const responses = owed.get(socket)
  const at = responses?.indexOf(response) ?? -1
  if (at === 0) responses?.shift()
  else if (at > 0) responses?.splice(at, 1)
}
