import { type ServerName, serverPath } from './server-path.js'
import { type ServerProcess, startServerProcess } from './server-process.js'
import { StopWaiting, waitUntil } from './wait-until.js'

const START_MS = 30_000
const PORT_TRIES = 3
const PORT_TAKEN = /address already in use/i

/** Command and ports of one try, chosen again for each try, because a free port may be taken meanwhile. */
export interface Launch {
  readonly args: readonly string[]
  readonly env?: Record<string, string>
  /** Whether the server responds; `output` is its output so far. An error means not yet. */
  isReady(output: string): Promise<boolean>
}

/** Starts an installed server and waits until it is ready; rejects with its output if it exits or does not respond. */
export async function startServer(name: ServerName, launch: () => Promise<Launch>): Promise<ServerProcess> {
  const path = serverPath(name)
  for (let tries = 1; ; tries++) {
    const { args, env, isReady } = await launch()
    const server = await startServerProcess(path, args, env)
    try {
      await waitUntil(
        async () => {
          if (server.hasExited()) throw new StopWaiting(`${name} exited while starting:\n${server.output()}`)
          return (await isReady(server.output())) || undefined
        },
        START_MS,
        () => `${name} is not ready:\n${server.output()}`,
      )
      return server
    } catch (error) {
      await server.kill()
      if (tries === PORT_TRIES || !PORT_TAKEN.test(server.output())) throw error
    }
  }
}

/** Whether a GET gets a status 2xx. */
export async function answersOk(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) })
  await response.arrayBuffer()
  return response.ok
}
