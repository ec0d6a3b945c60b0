import { readFileSync } from 'node:fs'

/** A promise of the documents, or a contradiction in them. */
export interface Promised {
  /** `A9`, `S10`, `K33`, `T14`. */
  readonly number: string
  readonly text: string
}

/** The committed list, in order. */
export const promises: readonly Promised[] = [
  ...readFileSync(new URL('promises.md', import.meta.url), 'utf8').matchAll(/^- ([ASKT]\d+) (.+)$/gm),
].map(([, number = '', text = '']) => ({ number, text }))

/** One check per promise, which throws if the promise is broken. */
export interface Checks {
  readonly [number: string]: () => void | Promise<void>
}
