import type { CommandIo } from './io.js'

/** Colours by meaning; without colours each returns its text. */
export interface Colours {
  good(text: string): string
  bad(text: string): string
  name(text: string): string
  quiet(text: string): string
}

/** Uses colours on a terminal, unless `NO_COLOR` or `FORCE_COLOR` decides (no-color.org). */
export function createColours({ env, isTerminal }: Pick<CommandIo, 'env' | 'isTerminal'>): Colours {
  const isForced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0'
  const isOn = !env.NO_COLOR && (isForced || (isTerminal && env.TERM !== 'dumb'))
  // util.styleText checks the process's own streams, not the destination of this text.
  const paint = (on: number, off: number) => (text: string) => (isOn ? `\u001b[${on}m${text}\u001b[${off}m` : text)
  return { good: paint(32, 39), bad: paint(31, 39), name: paint(36, 39), quiet: paint(2, 22) }
}
