import { connect } from 'node:net'

const CONNECTIONS = 4
/** Requests that are under way on a connection at once. */
const AT_ONCE = 8
const MESSAGE = 'GET /users/42 HTTP/1.1\r\nHost: x\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n'
const STATUS = 'HTTP/1.1 200'

/** Sends as many requests over a few connections as fast as they are answered. */
export async function sendRequests(port: number, count: number): Promise<void> {
  await Promise.all(Array.from({ length: CONNECTIONS }, () => sendOver(port, Math.ceil(count / CONNECTIONS))))
}

function sendOver(port: number, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0
    let answered = 0
    let rest = ''
    const socket = connect(port, '127.0.0.1')
    const fill = (): void => {
      for (; sent < count && sent - answered < AT_ONCE; sent++) socket.write(MESSAGE)
    }
    socket.on('connect', fill)
    socket.on('error', reject)
    socket.on('data', (data) => {
      const parts = (rest + data.toString('latin1')).split(STATUS)
      answered += parts.length - 1
      // What may be the beginning of a status line that goes on in the next piece.
      rest = (parts.at(-1) ?? '').slice(-(STATUS.length - 1))
      if (answered < count) return fill()
      socket.destroy()
      resolve()
    })
  })
}
