import { once } from 'node:events'
import { createHandler, listen } from '@quipu/prometheus'
import { loadStudio } from '@quipu/studio'
import { type CommandIo, exitCodes, UsageError } from '../terminal/io.js'
import { createLineSource } from './line-source.js'
import { createPageSource } from './page-source.js'
import type { StudioSource } from './studio-source.js'

/** Options of `quipu studio`. */
export interface StudioOptions {
  readonly port: number
  readonly token?: string
}

/** Serves the studio on loopback until it is interrupted. */
export async function runStudio(target: string | undefined, options: StudioOptions, io: CommandIo): Promise<number> {
  const signal = io.interruption()
  const source = await openSource(target, options, io, signal)
  const handler = createHandler({
    pages: source.pages,
    documents: { ...source.documents, '/quipu': { read: loadStudio } },
  })
  const server = await listen(handler, { port: options.port })
  await io.out(`${server.url}/quipu\n`)
  io.say(`shows ${source.name}; Ctrl-C ends it`)
  if (!signal.aborted) await once(signal, 'abort')
  await Promise.all([server.close(0), source.close()])
  return exitCodes.ok
}

async function openSource(
  target: string | undefined,
  { token }: StudioOptions,
  io: CommandIo,
  signal: AbortSignal,
): Promise<StudioSource> {
  if (target === undefined) throw new UsageError('say what to show: an address, a file, or - for standard input')
  if (/^https?:\/\//i.test(target) || /^[\w.-]+:\d+(?:\/|$)/.test(target)) {
    return createPageSource(target, token ?? io.env.QUIPU_PROMETHEUS_TOKEN)
  }
  return createLineSource(target, io, signal)
}
