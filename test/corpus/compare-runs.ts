import type { SeenRequest } from './play-server.js'

/** The externally visible result of a situation. */
export interface Run {
  readonly result: string
  /** Number of frames in the stack of the error. */
  readonly stackDepth: number | undefined
  readonly unhandled: readonly string[]
  readonly requests: readonly SeenRequest[]
}

/** The result of a situation that a client does not support. */
export const NOT_OFFERED = 'not offered'

const parts = ['result', 'stackDepth', 'unhandled', 'requests'] as const

/** Returns the part in which two runs differ, with both values; undefined for equal runs. */
export function difference(bare: Run, observed: Run, compared: readonly (keyof Run)[] = parts) {
  return compared
    .map((part) => ({ part, was: `${JSON.stringify(bare[part])}`, is: `${JSON.stringify(observed[part])}` }))
    .find(({ was, is }) => was !== is)
}
