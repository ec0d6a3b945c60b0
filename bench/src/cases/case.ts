/** What one process measured: a number a field; undefined where the library has no such thing. */
export type Figures = { readonly [field: string]: number | undefined }

export interface CaseOptions {
  /** Fewer and shorter repetitions: figures to look at, not to quote. */
  readonly quick: boolean
}

/** A case runs in a process of its own, for one library. */
export type Case = (library: string, options: CaseOptions) => Promise<Figures>
