import type { SeenRequest } from './play-server.js'

/** What a run of a situation looks like from outside. */
export interface Run {
  readonly result: string
  /** Frames in the stack of what was thrown. */
  readonly stackDepth: number | undefined
  readonly unhandled: readonly string[]
  readonly requests: readonly SeenRequest[]
}

/** The result of a situation that a client has no means for. */
export const NOT_OFFERED = 'not offered'

const parts = ['result', 'stackDepth', 'unhandled', 'requests'] as const

/** The part in which two runs differ, with how it was and is; undefined where nothing differs. */
export function difference(bare: Run, observed: Run, compared: readonly (keyof Run)[] = parts) {
  return compared
    .map((part) => ({ part, was: `${JSON.stringify(bare[part])}`, is: `${JSON.stringify(observed[part])}` }))
    .find(({ was, is }) => was !== is)
}
