import { type CommandIo, UsageError } from '../terminal/io.js'
import { createLineSource } from './line-source.js'
import { createPageSource } from './page-source.js'
import type { StudioSource } from './studio-source.js'

/**
 * Opens the source that an argument names: the address of an application, an activity log, or `-` for standard input.
 * Without an argument, it reads standard input if that is a file or a pipe.
 * @throws UsageError without a target and without input
 */
export async function openSource(
  given: string | undefined,
  token: string | undefined,
  io: CommandIo,
  signal: AbortSignal,
): Promise<StudioSource> {
  const target = given ?? (io.hasInput ? '-' : undefined)
  if (target === undefined) throw new UsageError('name what to show: an address, a file, or - for standard input')
  if (isAddress(target)) {
    return createPageSource(target, token ?? io.env.QUIPU_PROMETHEUS_TOKEN)
  }
  return createLineSource(target, io, signal)
}

/** Returns whether a target is the address of an application, not the name of a file. */
export function isAddress(target: string): boolean {
  return /^https?:\/\//i.test(target) || /^[\w.-]+:\d+(?:\/|$)/.test(target)
}
