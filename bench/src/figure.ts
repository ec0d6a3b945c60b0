import type { LibraryName } from './case-table.js'

/** What the rounds gave: each value is a process's. */
export interface Figure {
  readonly min: number
  readonly median: number
  readonly max: number
  readonly values: readonly number[]
}

export type FiguresByLibrary = { readonly [L in LibraryName]?: Figure }
