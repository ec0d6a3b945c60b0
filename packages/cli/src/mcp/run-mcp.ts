import { once } from 'node:events'
import { McpServer } from '@modelcontextprotocol/server'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { isAddress } from '../studio/open-source.js'
import { createPageSource } from '../studio/page-source.js'
import { type CommandIo, exitCodes, UsageError } from '../terminal/io.js'
import { addLineTools } from './line-tools.js'
import { addPageTools } from './page-tools.js'

/** Serves the tools on the process's standard input and output until the client ends them or it is interrupted. */
export async function runMcp(
  targets: readonly string[],
  { token }: { readonly token?: string },
  io: CommandIo,
): Promise<number> {
  const [address, ...more] = targets.filter(isAddress)
  if (more.length > 0) throw new UsageError('one address only: names of metrics are the same on both pages')
  const files = targets.filter((target) => !isAddress(target))
  if (files.includes('-')) throw new UsageError('standard input belongs to the client: name a file')
  const server = new McpServer({ name: 'quipu', version: '0.1.0' })
  if (files.length > 0) addLineTools(server, files, io)
  if (address !== undefined) {
    addPageTools(server, createPageSource(address, token ?? io.env.QUIPU_PROMETHEUS_TOKEN))
  }
  const signal = io.interruption()
  const ended = Promise.race([once(process.stdin, 'close'), once(process.stdin, 'end'), once(signal, 'abort')])
  await server.connect(new StdioServerTransport())
  await ended
  await server.close()
  return exitCodes.ok
}
