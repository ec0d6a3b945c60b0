/** Error types of model calls: the closed set that all vocabularies share. */
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

/** One value of `llmErrorTypes`. */
export type LlmErrorType = (typeof llmErrorTypes)[number]
