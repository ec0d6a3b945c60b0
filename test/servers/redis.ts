import { freePort } from './free-port.js'
import { startServer } from './start-server.js'
import { createTemporaryDirectory } from './temporary-directory.js'

/** A running Redis on loopback that stores nothing on disk. */
export interface Redis {
  readonly host: string
  readonly port: number
  /** Ends the process and removes its folder. */
  stop(): Promise<void>
}

/** Starts a Redis. */
export async function startRedis(): Promise<Redis> {
  const directory = createTemporaryDirectory('redis')
  const host = '127.0.0.1'
  let port = 0
  const server = await startServer('redis', async () => {
    port = await freePort()
    return {
      args: ['--port', String(port), '--bind', host, '--save', '', '--dir', directory.path],
      isReady: async (output) => output.includes('Ready to accept connections'),
    }
  }).catch((error) => {
    directory.remove()
    throw error
  })
  return {
    host,
    port,
    async stop() {
      await server.stop()
      directory.remove()
    },
  }
}
