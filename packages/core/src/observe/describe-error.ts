import { type LlmErrorType, llmErrorTypes } from '@quipu/catalog/builtin'

/**
 * What an error is called at each boundary (T16); its message is never read, since messages hold content (A36).
 * - `className`: SecureTrack's feature and model errors (S12, S20)
 * - `llmType`: the closed list of model-call errors, OpenTelemetry's `error.type`
 * - `activityType`: Atlas' `error_type`
 */
export interface ErrorDescription {
  readonly className: string
  readonly llmType: LlmErrorType
  readonly activityType: string
}

const UNDESCRIBED: ErrorDescription = { className: 'unknown', llmType: 'unknown', activityType: 'unexpected' }

/** Describes whatever was thrown; never throws itself. */
export function describeError(error: unknown): ErrorDescription {
  try {
    const llmType = llmErrorType(error)
    return { className: errorClassName(error), llmType, activityType: activityTypes[llmType] ?? 'unexpected' }
  } catch {
    // A hostile getter on the error.
    return UNDESCRIBED
  }
}

/** The name an error goes by: the one it was given, else its class's; `unknown` for what is no error (T10). */
function errorClassName(error: unknown): string {
  if (!isError(error)) return 'unknown'
  if (typeof error.name === 'string' && error.name !== 'Error' && error.name !== '') return error.name
  const className: unknown = error.constructor?.name
  return typeof className === 'string' && className !== '' ? className : 'Error'
}

/** Errors of another realm too: test runners and `vm` have classes of their own. */
function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
}

const activityTypes: { readonly [T in LlmErrorType]?: string } = {
  rate_limit: 'rate_limit',
  quota_exceeded: 'rate_limit',
  timeout: 'timeout',
  authentication: 'authentication',
  permission: 'authorization',
  invalid_request: 'validation',
  context_length: 'context_window_exceeded',
  content_filter: 'domain',
  not_found: 'domain',
}

/** Codes and types that providers put on their errors, which say more than the status beside them. */
const byCode: { readonly [code: string]: LlmErrorType } = {
  // Said in the words of this list itself, or of the documents.
  ...Object.fromEntries(llmErrorTypes.map((type) => [type, type])),
  validation: 'invalid_request',
  authorization: 'permission',
  rate_limit_error: 'rate_limit',
  rate_limit_exceeded: 'rate_limit',
  ThrottlingException: 'rate_limit',
  throttlingException: 'rate_limit',
  TooManyRequestsException: 'rate_limit',
  RESOURCE_EXHAUSTED: 'rate_limit',
  MODEL_RATE_LIMIT: 'rate_limit',
  insufficient_quota: 'quota_exceeded',
  billing_error: 'quota_exceeded',
  ServiceQuotaExceededException: 'quota_exceeded',
  overloaded_error: 'overloaded',
  ServiceUnavailableException: 'overloaded',
  ModelNotReadyException: 'overloaded',
  timeout_error: 'timeout',
  ModelTimeoutException: 'timeout',
  authentication_error: 'authentication',
  invalid_api_key: 'authentication',
  permission_error: 'permission',
  AccessDeniedException: 'permission',
  not_found_error: 'not_found',
  model_not_found: 'not_found',
  ResourceNotFoundException: 'not_found',
  invalid_request_error: 'invalid_request',
  ValidationException: 'invalid_request',
  context_length_exceeded: 'context_length',
  content_policy_violation: 'content_filter',
  api_error: 'server_error',
  ModelErrorException: 'server_error',
  modelStreamErrorException: 'stream_error',
  ECONNREFUSED: 'connection',
  ECONNRESET: 'connection',
  ENOTFOUND: 'connection',
  EPIPE: 'connection',
  UND_ERR_SOCKET: 'connection',
  ETIMEDOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
}

const byClass: { readonly [name: string]: LlmErrorType } = {
  AbortError: 'cancelled',
  APIUserAbortError: 'cancelled',
  TimeoutError: 'timeout',
  APIConnectionTimeoutError: 'timeout',
  APIConnectionError: 'connection',
  RateLimitError: 'rate_limit',
  RateLimitCapacityError: 'rate_limit',
  OverloadedError: 'overloaded',
  AuthenticationError: 'authentication',
  PermissionDeniedError: 'permission',
  NotFoundError: 'not_found',
  BadRequestError: 'invalid_request',
  UnprocessableEntityError: 'invalid_request',
  ConflictError: 'conflict',
  InternalServerError: 'server_error',
  LengthFinishReasonError: 'context_length',
  ContentFilterFinishReasonError: 'content_filter',
}

const byStatus: { readonly [status: number]: LlmErrorType } = {
  400: 'invalid_request',
  401: 'authentication',
  402: 'quota_exceeded',
  403: 'permission',
  404: 'not_found',
  408: 'timeout',
  409: 'conflict',
  413: 'invalid_request',
  422: 'invalid_request',
  429: 'rate_limit',
  503: 'overloaded',
  504: 'timeout',
  529: 'overloaded',
}

/** Which of the closed list an error is: by its code first, then its class, then its status (T15); never by its text. */
export function llmErrorType(error: unknown): LlmErrorType {
  if (typeof error !== 'object' || error === null) return 'unknown'
  for (const key of ['code', 'type', 'name', 'lc_error_code'] as const) {
    const code = text(error, key)
    const type = code === undefined ? undefined : lookUp(byCode, code)
    // `invalid_request_error` and `api_error` are what providers say when they say nothing: the status knows better.
    if (type !== undefined && type !== 'invalid_request' && type !== 'server_error') return type
  }
  const named = lookUp(byClass, text(error, 'name') ?? '') ?? lookUp(byClass, errorClassName(error))
  if (named !== undefined) return named
  const status = statusOf(error)
  if (status !== undefined) return byStatus[status] ?? (status >= 500 ? 'server_error' : 'invalid_request')
  const cause: unknown = Reflect.get(error, 'cause')
  if (cause !== error && typeof cause === 'object' && cause !== null) {
    const code = text(cause, 'code')
    const type = code === undefined ? undefined : lookUp(byCode, code)
    if (type !== undefined) return type
  }
  return lookUp(byCode, text(error, 'type') ?? '') ?? lookUp(byCode, text(error, 'code') ?? '') ?? 'unknown'
}

function lookUp(table: { readonly [name: string]: LlmErrorType }, name: string): LlmErrorType | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

function text(holder: object, key: string): string | undefined {
  const value: unknown = Reflect.get(holder, key)
  return typeof value === 'string' ? value : undefined
}

function statusOf(error: object): number | undefined {
  for (const key of ['status', 'statusCode', 'status_code']) {
    const value: unknown = Reflect.get(error, key)
    if (typeof value === 'number' && value >= 400 && value < 600) return value
  }
  const metadata: unknown = Reflect.get(error, '$metadata')
  if (typeof metadata !== 'object' || metadata === null) return undefined
  const status: unknown = Reflect.get(metadata, 'httpStatusCode')
  return typeof status === 'number' && status >= 400 ? status : undefined
}
