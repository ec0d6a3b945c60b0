import type { ResponseTarget } from '../protocol.js'

/** An error in a response with status 200, or in a stream. */
export const openaiError = { error: { code: 'text', type: 'text', status: 'text' } } as const

interface ErrorWords {
  readonly code?: string
  readonly type?: string
  readonly status?: string
}

/** Reports the error of a response, if it has one. */
export function failureOf(target: ResponseTarget, error: ErrorWords | undefined): void {
  if (error !== undefined) target.fail({ ...codeOf(error.code), type: error.type ?? error.status })
}

/** A numeric code is an HTTP status. */
function codeOf(code: string | undefined): { readonly code?: string; readonly status?: number } {
  if (code === undefined) return {}
  const status = Number(code)
  return Number.isNaN(status) ? { code } : { status }
}
