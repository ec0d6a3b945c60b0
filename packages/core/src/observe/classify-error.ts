import type { LlmErrorType } from '@quipu/catalog/builtin'
import { typeOfErrorStatus, typeOfErrorWord } from './error-words.js'

/** Facts about a failed model call, all optional. */
export interface ErrorFacts {
  /** HTTP status of the response. */
  readonly status?: unknown
  /** The provider's code, or the runtime's (`ECONNRESET`). */
  readonly code?: unknown
  /** The provider's type (`overloaded_error`). */
  readonly type?: unknown
  /** The error's `name` property if it is a string; never the name of its class. */
  readonly name?: unknown
  /** The signal that the application passed to the call. */
  readonly signal?: { readonly aborted: boolean; readonly reason?: unknown } | undefined
}

/** Generic types, used by providers without a more specific one. A status, if present, is more specific. */
const GENERIC: ReadonlySet<LlmErrorType | undefined> = new Set(['bad_request', 'server_error', 'unknown'])

/**
 * Classifies a failed model call into the closed set that all vocabularies use: by the signal if there was no response,
 * then by code and type, then by status, then by name. Messages and class names are never read.
 *
 * @param facts from the wire, the client or the thrown error
 * @returns one of the catalogue's `llmErrorTypes`; `unknown` if nothing is recognised; never throws
 * @example
 * classifyError({ status: 429, code: 'insufficient_quota' }) // 'quota_exceeded'
 */
export function classifyError(facts: ErrorFacts): LlmErrorType {
  try {
    const byStatus = typeOfErrorStatus(facts.status)
    if (byStatus === undefined && facts.signal?.aborted === true) return typeOfAbort(facts.signal.reason)
    const words = [facts.code, facts.type, facts.name].map(typeOfErrorWord)
    const exact = words.find((type) => type !== undefined && !GENERIC.has(type))
    return exact ?? byStatus ?? typeOfErrorStatus(facts.code) ?? words.find((type) => type !== undefined) ?? 'unknown'
  } catch {
    // A getter of the facts threw.
    return 'unknown'
  }
}

/** `AbortSignal.timeout` aborts with a TimeoutError; other reasons are the application's own. */
function typeOfAbort(reason: unknown): LlmErrorType {
  const name: unknown = typeof reason === 'object' && reason !== null ? Reflect.get(reason, 'name') : undefined
  return name === 'TimeoutError' ? 'timeout' : 'cancelled'
}
