/** Why a model call fails: the closed set that every vocabulary uses for one failure. */
export const llmErrorTypes = [
  'rate_limit',
  'quota_exceeded',
  'authentication',
  'permission',
  'not_found',
  'bad_request',
  'context_length',
  'content_filter',
  'overloaded',
  'server_error',
  'timeout',
  'connection',
  'invalid_response',
  'cancelled',
  'unknown',
] as const

/** One of the set. */
export type LlmErrorType = (typeof llmErrorTypes)[number]
