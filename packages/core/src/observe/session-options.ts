import { group, milliseconds, type OptionsOf, option } from '@quipu/catalog/options'

/** How sessions end by themselves. */
export const sessionOptions = group({
  /** Ends a session that was idle for this many milliseconds. */
  idleTimeoutMs: option(milliseconds, { otherwise: 'never', example: 'sessions: { idleTimeoutMs: 1_800_000 }' }),
})

export type SessionOptions = OptionsOf<typeof sessionOptions.fields>
