import type { LibraryName } from './case-table.js'

/** The results of all rounds, one value per process. */
export interface Figure {
  readonly min: number
  readonly median: number
  readonly max: number
  readonly values: readonly number[]
}

export type FiguresByLibrary = { readonly [L in LibraryName]?: Figure }
