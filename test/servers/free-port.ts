import { createServer } from 'node:net'

/** Ports given out here: the next caller gets another one, also before the first has bound it. */
const given = new Set<number>()

/** Below what Linux gives to outgoing connections, which would take a server's port while it is down. */
const LOWEST = 15_000
const HIGHEST = 32_000

/** A loopback TCP port that nothing listens on. Another process may still take it first. */
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
