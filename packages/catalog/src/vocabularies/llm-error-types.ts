/** Why a model call fails: the closed list that provider errors are mapped to (T16). */
export const llmErrorTypes = [
  'rate_limit',
  'quota_exceeded',
  'overloaded',
  'timeout',
  'connection',
  'authentication',
  'permission',
  'not_found',
  'invalid_request',
  'context_length',
  'content_filter',
  'conflict',
  'server_error',
  'stream_error',
  'cancelled',
  'unknown',
] as const

/** One of the list. */
export type LlmErrorType = (typeof llmErrorTypes)[number]
