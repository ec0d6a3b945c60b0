import { type LlmErrorType, llmErrorTypes } from '@quipu/catalog/builtin'
import { expect, it } from 'vitest'
import { classifyError, type ErrorFacts } from './classify-error.js'

it.each<[ErrorFacts, LlmErrorType]>([
  [{ status: 429 }, 'rate_limit'],
  [{ status: 429, code: 'insufficient_quota' }, 'quota_exceeded'],
  [{ status: 429, type: 'billing_error' }, 'quota_exceeded'],
  [{ status: 500, type: 'api_error' }, 'server_error'],
  [{ status: 503, type: 'server_error' }, 'overloaded'],
  [{ code: 429 }, 'rate_limit'],
  [{ type: 'overloaded_error' }, 'overloaded'],
  [{ name: 'AbortError' }, 'cancelled'],
  [{ signal: AbortSignal.abort() }, 'cancelled'],
  [{ status: 400, signal: AbortSignal.abort() }, 'bad_request'],
  [{ status: 200 }, 'unknown'],
  [{}, 'unknown'],
])('%o is %s', (facts, type) => {
  expect(classifyError(facts)).toBe(type)
})

it('each type of the set is recognised as a word', () => {
  for (const type of llmErrorTypes) expect(classifyError({ code: type })).toBe(type)
})

it('a throwing getter gives unknown', () => {
  const facts = Object.defineProperty({}, 'status', {
    get: () => {
      throw new Error('hostile')
    },
  })
  expect(classifyError(facts)).toBe('unknown')
})
