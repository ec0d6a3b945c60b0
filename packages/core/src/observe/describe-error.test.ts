import { describe, expect, it } from 'vitest'
import { describeError } from './describe-error.js'

/** An error as SDKs throw them: a class, and properties on it. */
function sdkError(className: string, properties: object): Error {
  const named = { [className]: class extends Error {} }[className] ?? Error
  return Object.assign(new named('the prompt was: hello'), properties)
}

it.each<[string, unknown, string, string, string]>([
  [
    'OpenAI 429',
    sdkError('RateLimitError', { status: 429, code: null, type: null }),
    'RateLimitError',
    'rate_limit',
    'rate_limit',
  ],
  [
    'OpenAI out of credit',
    sdkError('RateLimitError', { status: 429, code: 'insufficient_quota', type: 'insufficient_quota' }),
    'RateLimitError',
    'quota_exceeded',
    'rate_limit',
  ],
  [
    'OpenAI 400',
    sdkError('BadRequestError', { status: 400, code: null, type: 'invalid_request_error' }),
    'BadRequestError',
    'invalid_request',
    'validation',
  ],
  [
    'OpenAI, too long',
    sdkError('BadRequestError', { status: 400, code: 'context_length_exceeded', type: 'invalid_request_error' }),
    'BadRequestError',
    'context_length',
    'context_window_exceeded',
  ],
  [
    'OpenAI, cut off',
    sdkError('LengthFinishReasonError', {}),
    'LengthFinishReasonError',
    'context_length',
    'context_window_exceeded',
  ],
  [
    'OpenAI, filtered',
    sdkError('ContentFilterFinishReasonError', {}),
    'ContentFilterFinishReasonError',
    'content_filter',
    'domain',
  ],
  [
    'OpenAI 401',
    sdkError('AuthenticationError', { status: 401, code: 'invalid_api_key', type: 'invalid_request_error' }),
    'AuthenticationError',
    'authentication',
    'authentication',
  ],
  [
    'OpenAI 403',
    sdkError('PermissionDeniedError', { status: 403 }),
    'PermissionDeniedError',
    'permission',
    'authorization',
  ],
  [
    'OpenAI 404',
    sdkError('NotFoundError', { status: 404, code: 'model_not_found' }),
    'NotFoundError',
    'not_found',
    'domain',
  ],
  ['OpenAI 409', sdkError('ConflictError', { status: 409 }), 'ConflictError', 'conflict', 'unexpected'],
  [
    'OpenAI 500',
    sdkError('InternalServerError', { status: 500, type: 'server_error' }),
    'InternalServerError',
    'server_error',
    'unexpected',
  ],
  [
    'OpenAI unreachable',
    sdkError('APIConnectionError', { status: undefined }),
    'APIConnectionError',
    'connection',
    'unexpected',
  ],
  ['OpenAI too slow', sdkError('APIConnectionTimeoutError', {}), 'APIConnectionTimeoutError', 'timeout', 'timeout'],
  ['OpenAI aborted', sdkError('APIUserAbortError', {}), 'APIUserAbortError', 'cancelled', 'unexpected'],
  [
    'Anthropic overloaded in a stream',
    sdkError('APIError', { status: undefined, type: 'overloaded_error' }),
    'APIError',
    'overloaded',
    'unexpected',
  ],
  ['Anthropic 529', sdkError('OverloadedError', { status: 529 }), 'OverloadedError', 'overloaded', 'unexpected'],
  [
    'Anthropic unpaid',
    sdkError('PaymentRequiredError', { status: 402, type: 'billing_error' }),
    'PaymentRequiredError',
    'quota_exceeded',
    'rate_limit',
  ],
  [
    'Anthropic 413',
    sdkError('ContentTooLargeError', { status: 413 }),
    'ContentTooLargeError',
    'invalid_request',
    'validation',
  ],
  ['Anthropic 504', sdkError('GatewayTimeoutError', { status: 504 }), 'GatewayTimeoutError', 'timeout', 'timeout'],
  [
    'Bedrock throttled',
    sdkError('X', { name: 'ThrottlingException', $metadata: { httpStatusCode: 429 } }),
    'ThrottlingException',
    'rate_limit',
    'rate_limit',
  ],
  [
    'Bedrock 400',
    sdkError('X', { name: 'ValidationException', $metadata: { httpStatusCode: 400 } }),
    'ValidationException',
    'invalid_request',
    'validation',
  ],
  [
    'Bedrock, by status alone',
    sdkError('X', { name: 'NewException', $metadata: { httpStatusCode: 503 } }),
    'NewException',
    'overloaded',
    'unexpected',
  ],
  ['Google 429', sdkError('ApiError', { name: 'ApiError', status: 429 }), 'ApiError', 'rate_limit', 'rate_limit'],
  ['Google by its word', sdkError('ApiError', { code: 'RESOURCE_EXHAUSTED' }), 'ApiError', 'rate_limit', 'rate_limit'],
  [
    'Ollama',
    sdkError('ResponseError', { name: 'ResponseError', status_code: 404 }),
    'ResponseError',
    'not_found',
    'domain',
  ],
  [
    'the AI SDK',
    sdkError('AI_APICallError', { name: 'AI_APICallError', statusCode: 429 }),
    'AI_APICallError',
    'rate_limit',
    'rate_limit',
  ],
  [
    'LangChain',
    sdkError('RateLimitCapacityError', { name: 'RateLimitCapacityError', lc_error_code: 'MODEL_RATE_LIMIT' }),
    'RateLimitCapacityError',
    'rate_limit',
    'rate_limit',
  ],
  ['a refused connection', sdkError('Error', { code: 'ECONNREFUSED' }), 'Error', 'connection', 'unexpected'],
  [
    'fetch that failed',
    Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } }),
    'TypeError',
    'connection',
    'unexpected',
  ],
  ['an abort', new DOMException('prompt', 'AbortError'), 'AbortError', 'cancelled', 'unexpected'],
  ['a time limit', new DOMException('prompt', 'TimeoutError'), 'TimeoutError', 'timeout', 'timeout'],
  ['a status of no list', sdkError('TeapotError', { status: 418 }), 'TeapotError', 'invalid_request', 'validation'],
  [
    'what the documents call validation',
    sdkError('ServiceError', { code: 'validation' }),
    'ServiceError',
    'invalid_request',
    'validation',
  ],
  ['words that only sound so (T15)', new Error('rate limit exceeded'), 'Error', 'unknown', 'unexpected'],
  [
    'a code that every object inherits',
    sdkError('OddError', { code: 'constructor', status: 429 }),
    'OddError',
    'rate_limit',
    'rate_limit',
  ],
  ['text', 'rate_limit', 'unknown', 'unknown', 'unexpected'],
  ['nothing', undefined, 'unknown', 'unknown', 'unexpected'],
  ['an object with a status', { status: 429 }, 'unknown', 'rate_limit', 'rate_limit'],
])('%s', (_, error, className, llmType, activityType) => {
  expect(describeError(error)).toEqual({ className, llmType, activityType })
})

describe('an error that cannot be looked at', () => {
  const fail = () => {
    throw new Error('hostile')
  }
  it.each<[string, unknown]>([
    ['a getter that throws', Object.defineProperty(new Error('x'), 'code', { get: fail })],
    ['a proxy that throws', new Proxy(new Error('x'), { get: fail, getPrototypeOf: fail, has: fail })],
  ])('%s is unknown', (_, error) => {
    expect(describeError(error)).toEqual({ className: 'unknown', llmType: 'unknown', activityType: 'unexpected' })
  })

  it('an error that is its own cause ends', () => {
    const error: Error & { cause?: unknown } = new Error('x')
    error.cause = error
    expect(describeError(error).llmType).toBe('unknown')
  })

  it('its message and stack are never asked for (A36)', () => {
    const asked: PropertyKey[] = []
    const error = new Proxy(new Error('prompt text'), {
      get(target, key) {
        asked.push(key)
        return Reflect.get(target, key)
      },
    })
    describeError(error)
    expect(asked).not.toContain('message')
    expect(asked).not.toContain('stack')
  })
})
