/** Result of a check: `ok`, a note, or a problem to repair. */
export type FindingState = 'ok' | 'note' | 'problem'

/** Result of one check. */
export interface Finding {
  readonly state: FindingState
  readonly what: string
  /** How to repair it. */
  readonly todo?: string
}

export function ok(what: string): Finding {
  return { state: 'ok', what }
}

export function note(what: string, todo?: string): Finding {
  return { state: 'note', what, ...(todo !== undefined && { todo }) }
}

export function problem(what: string, todo: string): Finding {
  return { state: 'problem', what, todo }
}
