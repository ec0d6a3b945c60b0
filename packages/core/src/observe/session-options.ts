import { group, milliseconds, type OptionsOf, option } from '@quipu/catalog/options'

/** When sessions end automatically. */
export const sessionOptions = group({
  /** Ends a session after this many idle milliseconds. */
  idleTimeoutMs: option(milliseconds, { otherwise: 'never', example: 'sessions: { idleTimeoutMs: 1_800_000 }' }),
})

export type SessionOptions = OptionsOf<typeof sessionOptions.fields>
