import type { LlmErrorType } from '@quipu/catalog/builtin'
import { isObject } from '@quipu/catalog/builtin'
import { classifyError, type ErrorFacts } from './classify-error.js'

/** What an error is called; its message is never read, since messages hold content. */
export interface ErrorDescription {
  /** The closed set of model-call errors, the same in every vocabulary. */
  readonly type: LlmErrorType
  /** The name of the error's class for `feature_errors_total`; `unknown` when it is not a word of an error. */
  readonly className: string
}

const UNDESCRIBED: ErrorDescription = { type: 'unknown', className: 'unknown' }
const MAX_CAUSES = 4

/**
 * Describes whatever was thrown. Never throws.
 *
 * @param error any value
 * @param signal the signal that the application passed to the call, which tells its own abort from a failure
 * @example
 * describeError(new RangeError('too deep')) // { type: 'unknown', className: 'RangeError' }
 */
export function describeError(error: unknown, signal?: ErrorFacts['signal']): ErrorDescription {
  try {
    return { type: errorType(error, signal), className: errorClassName(error) }
  } catch {
    // A hostile getter on the error.
    return UNDESCRIBED
  }
}

/** The type of the error, or else of the first of its causes that has one. */
function errorType(error: unknown, signal: ErrorFacts['signal']): LlmErrorType {
  let isUnanswered = false
  let cause = error
  for (let i = 0; i < MAX_CAUSES && isObject(cause); i++) {
    const type = classifyError({ ...factsOf(cause), signal })
    // A client that wraps an abort of its own request, and was not told to stop, had a time limit.
    if (type === 'cancelled' && isUnanswered && signal?.aborted !== true) return 'timeout'
    if (type !== 'unknown') return type
    // Clients that Stainless generates have these two on every error; without an answer both are undefined.
    isUnanswered ||= 'requestID' in cause && 'headers' in cause && get(cause, 'headers') === undefined
    cause = get(cause, 'cause') ?? get(cause, 'lastError')
  }
  if (isUnanswered) return 'connection'
  return classifyError({ signal })
}

/** What an error shows of itself, and the provider's answer that clients attach to it. */
function factsOf(error: object): ErrorFacts {
  const body = get(error, 'error')
  const inner = get(body, 'error')
  const response = get(error, 'response')
  const statuses = [
    get(error, 'status'),
    get(error, 'statusCode'),
    get(error, 'status_code'),
    get(get(error, '$metadata'), 'httpStatusCode'),
    get(response, 'status'),
    get(response, 'statusCode'),
  ]
  return {
    status: statuses.find((status) => typeof status === 'number'),
    code: firstText(get(error, 'code'), get(error, 'lc_error_code'), get(body, 'code'), get(inner, 'code')),
    type: firstText(
      get(error, 'type'),
      get(inner, 'type'),
      get(body, 'type'),
      get(error, 'status'),
      get(body, 'status'),
    ),
    name: get(error, 'name'),
  }
}

/** The first text; a number only where there is no text, as Google's `code: 429`. */
function firstText(...values: readonly unknown[]): unknown {
  return values.find((value) => typeof value === 'string') ?? values.find((value) => typeof value === 'number')
}

function get(holder: unknown, key: string): unknown {
  return isObject(holder) ? Reflect.get(holder, key) : undefined
}

const ERROR_WORD = /^[A-Za-z_$][\w$.]*(?:Error|Exception|Warning)$/

/** The name that an error was given, else its class's, where that is a word of an error: a bundler's `ee` is not. */
function errorClassName(error: unknown): string {
  if (!isError(error)) return 'unknown'
  const own: unknown = error.name
  const name: unknown = typeof own === 'string' && own !== 'Error' && own !== '' ? own : error.constructor?.name
  return typeof name === 'string' && (ERROR_WORD.test(name) || name === 'Error') ? name : 'unknown'
}

/** Errors of another realm too: test runners and `vm` have classes of their own. */
function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
}

const CODE_WORD = /^[\w.-]{1,64}$/

/** What the failure of a tool is called: its code (`ENOENT`, a JSON-RPC code), else the name of its class. Never throws. */
export function toolErrorType(error: unknown): string {
  try {
    const code = get(error, 'code')
    return typeof code === 'string' && CODE_WORD.test(code) ? code : errorClassName(error)
  } catch {
    return 'unknown'
  }
}
