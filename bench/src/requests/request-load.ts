import { connect, type Socket } from 'node:net'

const CONNECTIONS = 4
/** Number of concurrent requests per connection. */
const AT_ONCE = 8
const messageFor = (id: string): string =>
  `GET /users/${id} HTTP/1.1\r\nHost: x\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n`
const MESSAGE = messageFor('42')
const STATUS = 'HTTP/1.1 200'

/** Sends a number of requests over a few connections, as fast as the server responds. */
export async function sendRequests(port: number, count: number): Promise<void> {
  await Promise.all(Array.from({ length: CONNECTIONS }, () => sendOver(port, Math.ceil(count / CONNECTIONS), AT_ONCE)))
}

/** Sends requests one after the other over one connection; resolves to their durations in microseconds. */
export function timeRequests(port: number, count: number): Promise<number[]> {
  return sendOver(port, count, 1)
}

function sendOver(port: number, count: number, atOnce: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const durationsUs: number[] = []
    let sent = 0
    let answered = 0
    let rest = ''
    let lastMs = 0
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay()
    const fill = (): void => {
      lastMs = performance.now()
      for (; sent < count && sent - answered < atOnce; sent++) socket.write(MESSAGE)
    }
    socket.on('connect', fill)
    socket.on('error', reject)
    socket.on('data', (data) => {
      const parts = (rest + data.toString('latin1')).split(STATUS)
      answered += parts.length - 1
      // A possible start of a status line that continues in the next piece.
      rest = (parts.at(-1) ?? '').slice(-(STATUS.length - 1))
      if (atOnce === 1 && parts.length > 1) durationsUs.push((performance.now() - lastMs) * 1000)
      if (answered < count) return atOnce === 1 && parts.length === 1 ? undefined : fill()
      socket.destroy()
      resolve(durationsUs)
    })
  })
}

/** Opens requests without a response, ten per connection; resolves to a function that ends them. */
export async function holdRequests(port: number, count: number): Promise<() => void> {
  const sockets = await Promise.all(
    Array.from({ length: count / 10 }, () => {
      const socket = connect(port, '127.0.0.1')
      return new Promise<Socket>((resolve, reject) => {
        socket.on('error', reject)
        socket.on('connect', () => socket.write(messageFor('hang').repeat(10), () => resolve(socket)))
      })
    }),
  )
  return () => {
    for (const socket of sockets) socket.destroy()
  }
}
