import { type LlmErrorType, llmErrorTypes } from '@quipu/catalog/builtin'

/**
 * The codes, types and names that providers, clients and runtimes set on errors, by meaning. Class names are excluded,
 * because bundlers shorten them.
 */
const wordsOf: { readonly [T in LlmErrorType]?: string } = {
  rate_limit: `rate_limit_error rate_limit_exceeded rate_limit_reached_error ThrottlingException throttlingException
    TooManyRequestsException RESOURCE_EXHAUSTED MODEL_RATE_LIMIT TooManyRequests`,
  quota_exceeded: `insufficient_quota billing_error billing_hard_limit_reached billing_not_active
    exceeded_current_quota_error ServiceQuotaExceededException`,
  authentication: `authentication_error invalid_api_key invalid_authentication_error incorrect_api_key_error
    account_deactivated UNAUTHENTICATED MODEL_AUTHENTICATION UnrecognizedClientException ExpiredTokenException
    InvalidSignatureException CredentialsProviderError AI_LoadAPIKeyError`,
  permission: `permission_error permission_denied_error authorization AccessDeniedException PERMISSION_DENIED
    unsupported_country_region_territory organization_restricted`,
  not_found: `not_found_error model_not_found model_not_found_error resource_not_found_error ResourceNotFoundException
    NOT_FOUND MODEL_NOT_FOUND DeploymentNotFound deployment_not_found AI_NoSuchModelError`,
  bad_request: `invalid_request invalid_request_error validation ValidationException INVALID_ARGUMENT FAILED_PRECONDITION
    request_too_large invalid_prompt conflict AI_InvalidPromptError AI_InvalidArgumentError InvalidRequestError`,
  context_length: 'context_length_exceeded string_above_max_length context_window_exceeded',
  content_filter: `content_policy_violation moderation_blocked content_blocked responsible_ai_policy_violation
    ResponsibleAIPolicyViolation`,
  overloaded: `overloaded_error engine_overloaded engine_overloaded_error server_overloaded slow_down
    ServiceUnavailableException serviceUnavailableException ModelNotReadyException UNAVAILABLE`,
  server_error: `api_error internal_server_error INTERNAL InternalServerException internalServerException
    ModelErrorException modelStreamErrorException ModelStreamErrorException`,
  timeout: `TimeoutError timeout_error api_timeout RequestTimeoutError ModelTimeoutException modelTimeoutException DEADLINE_EXCEEDED
    ETIMEDOUT ESOCKETTIMEDOUT ECONNABORTED UND_ERR_CONNECT_TIMEOUT UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT`,
  connection: `ECONNREFUSED ECONNRESET ENOTFOUND EAI_AGAIN EPIPE EHOSTUNREACH ENETUNREACH ECONNCLOSED ERR_NETWORK
    ERR_STREAM_PREMATURE_CLOSE ERR_SOCKET_CLOSED ERR_TLS_CERT_ALTNAME_INVALID CERT_HAS_EXPIRED
    DEPTH_ZERO_SELF_SIGNED_CERT UNABLE_TO_VERIFY_LEAF_SIGNATURE UND_ERR_SOCKET UND_ERR_CLOSED UND_ERR_DESTROYED
    ConnectionError ConnectionRefused ConnectionClosed FailedToOpenSocket`,
  invalid_response: `SyntaxError json_validate_failed tool_use_failed HPE_INVALID_CONSTANT AI_JSONParseError
    AI_TypeValidationError AI_InvalidResponseDataError AI_EmptyResponseBodyError AI_NoObjectGeneratedError
    ResponseValidationError OUTPUT_PARSING_FAILURE`,
  cancelled: `AbortError ABORT_ERR ERR_ABORTED ERR_CANCELED CanceledError CANCELLED aborted canceled RequestAbortedError
    UND_ERR_ABORTED`,
}

const typeOfWord: ReadonlyMap<string, LlmErrorType> = new Map(
  llmErrorTypes.flatMap((type) => [type, ...(wordsOf[type]?.split(/\s+/) ?? [])].map((word) => [word, type] as const)),
)

/** Returns the meaning of a code, type or name; undefined for an unknown one. */
export function typeOfErrorWord(word: unknown): LlmErrorType | undefined {
  return typeof word === 'string' ? typeOfWord.get(word) : undefined
}

const typeOfStatus: { readonly [status: number]: LlmErrorType } = {
  401: 'authentication',
  402: 'quota_exceeded',
  403: 'permission',
  404: 'not_found',
  408: 'timeout',
  410: 'not_found',
  429: 'rate_limit',
  // Groq: the capacity of its flex tier is exhausted.
  498: 'overloaded',
  499: 'cancelled',
  503: 'overloaded',
  504: 'timeout',
  522: 'timeout',
  524: 'timeout',
  529: 'overloaded',
}

/** Returns the meaning of an HTTP status; undefined if it is not an error. */
export function typeOfErrorStatus(status: unknown): LlmErrorType | undefined {
  if (typeof status !== 'number' || !(status >= 400 && status < 600)) return undefined
  return typeOfStatus[status] ?? (status >= 500 ? 'server_error' : 'bad_request')
}
