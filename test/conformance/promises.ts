import { readFileSync } from 'node:fs'

/** A promise of the documents, or a trap in them. */
export interface Promised {
  /** `A9`, `S10`, `K33`, `T14`. */
  readonly number: string
  readonly text: string
}

/** The committed list, in its order. */
export const promises: readonly Promised[] = [
  ...readFileSync(new URL('promises.md', import.meta.url), 'utf8').matchAll(/^- ([ASKT]\d+) (.+)$/gm),
].map(([, number = '', text = '']) => ({ number, text }))

/** One check a promise; it throws when the promise is broken. */
export interface Checks {
  readonly [number: string]: () => void | Promise<void>
}
