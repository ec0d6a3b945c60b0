import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { startServerProcess } from '../../servers/server-process.js'
import { waitUntil } from '../../servers/wait-until.js'

/** A port of a service that is reachable from outside its network namespace. */
export interface PortToPublish {
  readonly name: string
  readonly address: string
  readonly port: number
}

/** Ports in a network namespace, each published at a free loopback port here. */
export interface PublishedPorts {
  /** `127.0.0.1:12345`, by the port's name. */
  readonly hosts: ReadonlyMap<string, string>
  stop(): Promise<void>
}

/**
 * Publishes ports as Docker does: a connection here is forwarded to the service's address there, never to its localhost.
 *
 * @param nsenter the command that runs a command in the namespace
 * @param folder the folder of the sockets between here and there
 */
export async function publishPorts(
  nsenter: readonly string[],
  folder: string,
  ports: readonly PortToPublish[],
): Promise<PublishedPorts> {
  const script = join(import.meta.dirname, 'publish.mjs')
  const paths = ports.map((_, i) => join(folder, `port-${i}`))
  const words = ports.flatMap(({ address, port }, i) => [paths[i] ?? '', address, String(port)])
  const inside = await startServerProcess('nsenter', [...nsenter, process.execPath, script, ...words])
  const open = new Set<Socket>()
  const servers = paths.map((path) =>
    createServer({ allowHalfOpen: true }, (outer) => {
      const inner = connect({ path, allowHalfOpen: true })
      for (const [one, other] of [[outer, inner] as const, [inner, outer] as const]) {
        open.add(one)
        one.on('error', () => other.destroy()).on('close', () => open.delete(one))
      }
      outer.pipe(inner).pipe(outer)
    }),
  )
  const stop = async () => {
    await inside.kill()
    for (const socket of open) socket.destroy()
    for (const server of servers) server.close()
  }
  try {
    await waitUntil(async () => inside.output().includes('published') || undefined, 10_000, inside.output)
    const hosts = new Map<string, string>()
    for (const [i, server] of servers.entries()) {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      if (address !== null && typeof address === 'object') hosts.set(ports[i]?.name ?? '', `127.0.0.1:${address.port}`)
    }
    return { hosts, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
