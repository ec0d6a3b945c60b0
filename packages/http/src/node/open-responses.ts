import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createPrivateSlot } from '../requests/private-slot.js'

/** The responses that a connection still owes, in the order of their requests. */
const owed = createPrivateSlot<ServerResponse[]>()

/**
 * Has a response ended when its connection closes before it was handed over: one listener serves all requests of a
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

/** Forgets a response that was handed over to its connection. */
export function leaveConnection(response: ServerResponse, socket: Socket): void {
  const responses = owed.get(socket)
  const at = responses?.indexOf(response) ?? -1
  if (at === 0) responses?.shift()
  else if (at > 0) responses?.splice(at, 1)
}
