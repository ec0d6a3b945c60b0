import type { LlmErrorType } from '@quipu/catalog/builtin'
import { typeOfErrorStatus, typeOfErrorWord } from './error-words.js'

/** What is known of a failed model call; each fact may be missing. */
export interface ErrorFacts {
  /** HTTP status of the answer. */
  readonly status?: unknown
  /** The provider's code, or the runtime's (`ECONNRESET`). */
  readonly code?: unknown
  /** The provider's type (`overloaded_error`). */
  readonly type?: unknown
  /** The error's `name` property, where it was set as text; never the name of its class. */
  readonly name?: unknown
  /** The signal that the application passed to the call. */
  readonly signal?: { readonly aborted: boolean; readonly reason?: unknown } | undefined
}

/** What providers write when they have nothing more exact to say: the status, when there is one, is more exact. */
const GENERIC: ReadonlySet<LlmErrorType | undefined> = new Set(['bad_request', 'server_error', 'unknown'])

/**
 * Classifies a failed model call into the closed set that every vocabulary uses: by the signal when there was no answer,
 * then by code and type, then by status, then by name. Messages and class names are never read. Never throws.
 *
 * @param facts what the wire, the client or the thrown error shows
 * @returns one of the catalogue's `llmErrorTypes`; `unknown` when nothing is recognised
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
    // A hostile getter on the facts.
    return 'unknown'
  }
}

/** `AbortSignal.timeout` aborts with a TimeoutError; anything else is the application's own decision. */
function typeOfAbort(reason: unknown): LlmErrorType {
  const name: unknown = typeof reason === 'object' && reason !== null ? Reflect.get(reason, 'name') : undefined
  return name === 'TimeoutError' ? 'timeout' : 'cancelled'
}
