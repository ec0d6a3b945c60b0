import type { LlmErrorType } from '@quipu/catalog/builtin'
import { describe, expect, it } from 'vitest'
import { describeError, toolErrorType } from './describe-error.js'

/** An error as SDKs throw them: a class, and properties on it. */
function sdkError(className: string, properties: object): Error {
  const named = { [className]: class extends Error {} }[className] ?? Error
  return Object.assign(new named('the prompt was: hello'), properties)
}

/** What clients that Stainless generates have on an error that no answer came with. */
const UNANSWERED = { status: undefined, headers: undefined, requestID: undefined, code: undefined }

it.each<[string, unknown, string, LlmErrorType]>([
  ['OpenAI 429', sdkError('RateLimitError', { status: 429, code: null, type: null }), 'RateLimitError', 'rate_limit'],
  [
    'OpenAI 429 for its tokens',
    sdkError('RateLimitError', { status: 429, code: 'rate_limit_exceeded', type: 'tokens' }),
    'RateLimitError',
    'rate_limit',
  ],
  [
    'OpenAI out of credit',
    sdkError('RateLimitError', { status: 429, code: 'insufficient_quota', type: 'insufficient_quota' }),
    'RateLimitError',
    'quota_exceeded',
  ],
  [
    'OpenAI 400',
    sdkError('BadRequestError', { status: 400, code: null, type: 'invalid_request_error' }),
    'BadRequestError',
    'bad_request',
  ],
  [
    'OpenAI, too long',
    sdkError('BadRequestError', { status: 400, code: 'context_length_exceeded', type: 'invalid_request_error' }),
    'BadRequestError',
    'context_length',
  ],
  [
    'OpenAI 401',
    sdkError('AuthenticationError', { status: 401, code: 'invalid_api_key', type: 'invalid_request_error' }),
    'AuthenticationError',
    'authentication',
  ],
  ['OpenAI 403', sdkError('PermissionDeniedError', { status: 403 }), 'PermissionDeniedError', 'permission'],
  ['OpenAI 404', sdkError('NotFoundError', { status: 404, code: 'model_not_found' }), 'NotFoundError', 'not_found'],
  ['OpenAI 409', sdkError('ConflictError', { status: 409 }), 'ConflictError', 'bad_request'],
  [
    'OpenAI 500',
    sdkError('InternalServerError', { status: 500, type: 'server_error' }),
    'InternalServerError',
    'server_error',
  ],
  ['OpenAI without an answer', sdkError('APIConnectionError', UNANSWERED), 'APIConnectionError', 'connection'],
  [
    'OpenAI refused',
    sdkError('APIConnectionError', {
      ...UNANSWERED,
      cause: Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } }),
    }),
    'APIConnectionError',
    'connection',
  ],
  [
    'OpenAI, its own time limit',
    sdkError('APIConnectionTimeoutError', { ...UNANSWERED, cause: new DOMException('x', 'AbortError') }),
    'APIConnectionTimeoutError',
    'timeout',
  ],
  [
    'Azure, filtered',
    sdkError('BadRequestError', { status: 400, code: 'content_filter' }),
    'BadRequestError',
    'content_filter',
  ],
  ['Anthropic 529', sdkError('APIError', { status: 529 }), 'APIError', 'overloaded'],
  [
    'Anthropic overloaded in a stream',
    sdkError('APIError', { status: undefined, error: { type: 'error', error: { type: 'overloaded_error' } } }),
    'APIError',
    'overloaded',
  ],
  ['Anthropic unpaid', sdkError('APIError', { status: 402, type: 'billing_error' }), 'APIError', 'quota_exceeded'],
  ['Anthropic 413', sdkError('APIError', { status: 413 }), 'APIError', 'bad_request'],
  ['a gateway’s 504', sdkError('APIError', { status: 504 }), 'APIError', 'timeout'],
  [
    'Moonshot, too busy',
    sdkError('RateLimitError', { status: 429, type: 'engine_overloaded_error' }),
    'RateLimitError',
    'overloaded',
  ],
  [
    'Bedrock throttled',
    sdkError('X', { name: 'ThrottlingException', $metadata: { httpStatusCode: 429 } }),
    'ThrottlingException',
    'rate_limit',
  ],
  [
    'Bedrock 400',
    sdkError('X', { name: 'ValidationException', $metadata: { httpStatusCode: 400 } }),
    'ValidationException',
    'bad_request',
  ],
  [
    'Bedrock, by status alone',
    sdkError('X', { name: 'NewException', $metadata: { httpStatusCode: 503 } }),
    'NewException',
    'overloaded',
  ],
  ['Google 429', sdkError('X', { name: 'ApiError', status: 429 }), 'ApiError', 'rate_limit'],
  ['Google by its number', sdkError('X', { name: 'ApiError', code: 429 }), 'ApiError', 'rate_limit'],
  ['Google by its word', sdkError('X', { name: 'ApiError', status: 'RESOURCE_EXHAUSTED' }), 'ApiError', 'rate_limit'],
  ['Ollama', sdkError('X', { name: 'ResponseError', status_code: 404 }), 'ResponseError', 'not_found'],
  ['Mistral, aborted', sdkError('X', { name: 'RequestAbortedError' }), 'RequestAbortedError', 'cancelled'],
  ['the AI SDK', sdkError('X', { name: 'AI_APICallError', statusCode: 429 }), 'AI_APICallError', 'rate_limit'],
  [
    'the AI SDK after its retries',
    sdkError('X', { name: 'AI_RetryError', lastError: sdkError('X', { statusCode: 503 }) }),
    'AI_RetryError',
    'overloaded',
  ],
  [
    'the AI SDK, an answer that it cannot read',
    sdkError('X', { name: 'AI_JSONParseError' }),
    'AI_JSONParseError',
    'invalid_response',
  ],
  [
    'LangChain',
    sdkError('X', { name: 'RateLimitCapacityError', lc_error_code: 'MODEL_RATE_LIMIT' }),
    'RateLimitCapacityError',
    'rate_limit',
  ],
  ['axios', sdkError('X', { name: 'AxiosError', response: { status: 403 } }), 'AxiosError', 'permission'],
  ['axios, aborted', sdkError('X', { name: 'CanceledError', code: 'ERR_CANCELED' }), 'CanceledError', 'cancelled'],
  ['axios, too slow', sdkError('X', { name: 'AxiosError', code: 'ECONNABORTED' }), 'AxiosError', 'timeout'],
  ['a refused connection', sdkError('Error', { code: 'ECONNREFUSED' }), 'Error', 'connection'],
  [
    'fetch that failed',
    Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } }),
    'TypeError',
    'connection',
  ],
  ['JSON that is cut', new SyntaxError('prompt'), 'SyntaxError', 'invalid_response'],
  ['an abort', new DOMException('prompt', 'AbortError'), 'AbortError', 'cancelled'],
  ['a time limit', new DOMException('prompt', 'TimeoutError'), 'TimeoutError', 'timeout'],
  ['an unknown client error', sdkError('TeapotError', { status: 418 }), 'TeapotError', 'bad_request'],
  [
    'what the documents call validation',
    sdkError('ServiceError', { code: 'validation' }),
    'ServiceError',
    'bad_request',
  ],
  ['words that only sound so', new Error('rate limit exceeded'), 'Error', 'unknown'],
  ['a class whose name a bundler shortened', sdkError('ee', { status: 429 }), 'unknown', 'rate_limit'],
  ['a class whose name says it all', sdkError('RateLimitError', {}), 'RateLimitError', 'unknown'],
  [
    'a code that every object inherits',
    sdkError('OddError', { code: 'constructor', status: 429 }),
    'OddError',
    'rate_limit',
  ],
  ['text', 'rate_limit', 'unknown', 'unknown'],
  ['nothing', undefined, 'unknown', 'unknown'],
  ['an object with a status', { status: 429 }, 'unknown', 'rate_limit'],
])('%s', (_, error, className, type) => {
  expect(describeError(error)).toEqual({ className, type })
})

describe('a signal that the application aborted', () => {
  const unanswered = sdkError('ee', UNANSWERED)
  it.each<[string, unknown, AbortSignal, LlmErrorType]>([
    ['tells an abort from a failure', unanswered, AbortSignal.abort(), 'cancelled'],
    ['with a reason of its own', 'left', AbortSignal.abort('left'), 'cancelled'],
    [
      'by its time limit is a timeout',
      unanswered,
      AbortSignal.abort(new DOMException('late', 'TimeoutError')),
      'timeout',
    ],
    ['after the answer is not the cause', sdkError('ee', { status: 500 }), AbortSignal.abort(), 'server_error'],
    ['while it is not aborted says nothing', unanswered, new AbortController().signal, 'connection'],
  ])('%s', (_, error, signal, type) => {
    expect(describeError(error, signal).type).toBe(type)
  })
})

describe('the error of a tool', () => {
  const hostile = {
    get: () => {
      throw new Error('hostile')
    },
  }
  it.each<[string, unknown, string]>([
    ['with a code has its code', Object.assign(new Error('secret'), { code: 'ENOENT' }), 'ENOENT'],
    ['whose code is a text has its class', Object.assign(new Error('secret'), { code: 'the secret file' }), 'Error'],
    ['without a code has its class', new RangeError('secret'), 'RangeError'],
    ['that is a text is unknown', 'secret', 'unknown'],
    ['that cannot be read is unknown', new Proxy({}, hostile), 'unknown'],
  ])('%s', (_, error, type) => {
    expect(toolErrorType(error)).toBe(type)
  })
})

describe('an error that cannot be looked at', () => {
  const fail = () => {
    throw new Error('hostile')
  }
  it.each<[string, unknown]>([
    ['a getter that throws', Object.defineProperty(new Error('x'), 'code', { get: fail })],
    ['a proxy that throws', new Proxy(new Error('x'), { get: fail, getPrototypeOf: fail, has: fail })],
  ])('%s is unknown', (_, error) => {
    expect(describeError(error)).toEqual({ className: 'unknown', type: 'unknown' })
  })

  it('an error that is its own cause ends', () => {
    const error: Error & { cause?: unknown } = new Error('x')
    error.cause = error
    expect(describeError(error).type).toBe('unknown')
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
