/** The measurements of one process, one number per field; undefined if the library lacks the feature. */
export type Figures = { readonly [field: string]: number | undefined }

export interface CaseOptions {
  /** Fewer and shorter repetitions, for rough figures. */
  readonly quick: boolean
}

/** A case runs in its own process, for one library. */
export type Case = (library: string, options: CaseOptions) => Promise<Figures>
