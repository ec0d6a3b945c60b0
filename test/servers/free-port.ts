import { createServer } from 'node:net'

/** Returned ports: the next caller gets a different one, even before the first is bound. */
const given = new Set<number>()

/** Below Linux' range for outgoing connections, which could take a server's port while it is down. */
const LOWEST = 15_000
const HIGHEST = 32_000

/** Returns a free loopback TCP port. Another process may still take it first. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
