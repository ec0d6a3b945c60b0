import { once } from 'node:events'
import { createServer } from 'node:net'

/** Ports given out here: the system may offer the same one twice before its first user has bound it. */
const given = new Set<number>()

/** A loopback TCP port that nothing listens on. Another process may still take it first. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    server.close()
    await once(server, 'close')
    if (address === null || typeof address === 'string') throw new Error(`no TCP port but ${address}`)
    if (given.has(address.port)) continue
    given.add(address.port)
    return address.port
  }
}
