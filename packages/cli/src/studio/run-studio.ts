import { once } from 'node:events'
import { createHandler, listen } from '@quipu/prometheus'
import { loadStudio } from '@quipu/studio'
import { type CommandIo, exitCodes, UsageError } from '../terminal/io.js'
import { openSource } from './open-source.js'
import type { StudioSource } from './studio-source.js'

/** Options of `quipu studio`. */
export interface StudioOptions {
  readonly port: number
  readonly token?: string
  /** Port on which applications send OTLP. */
  readonly otlp?: number
}

/** Serves the studio on loopback until it is interrupted. */
export async function runStudio(target: string | undefined, options: StudioOptions, io: CommandIo): Promise<number> {
  const signal = io.interruption()
  const source = await openTarget(target, options, io, signal)
  const handler = createHandler({
    pages: source.pages,
    documents: { ...source.documents, '/quipu': { read: loadStudio } },
  })
  const server = await listen(handler, { port: options.port })
  await io.out(`${server.url}/quipu\n`)
  io.err(`shows ${source.name}; Ctrl-C ends it`)
  if (!signal.aborted) await once(signal, 'abort')
  await Promise.all([server.close(0), source.close()])
  return exitCodes.ok
}

async function openTarget(
  target: string | undefined,
  { token, otlp }: StudioOptions,
  io: CommandIo,
  signal: AbortSignal,
): Promise<StudioSource> {
  if (otlp === undefined) return openSource(target, token, io, signal)
  if (target !== undefined) throw new UsageError('--otlp shows only metrics sent to it: omit the target')
  const { createOtlpSource } = await import('./otlp-source.js')
  return createOtlpSource(otlp)
}
