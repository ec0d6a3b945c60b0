import { createTestRecorder } from '@quipu/testing'
import { expect, test } from 'vitest'
import { recordRateLimits } from './record-rate-limits.js'

type Headers = { readonly [name: string]: string }

const labels = { provider: 'openai', model: 'gpt-4' }

const families: readonly (readonly [string, Headers])[] = [
  ['OpenAI, Groq, xAI, Azure', { 'x-ratelimit-remaining-requests': '7', 'x-ratelimit-remaining-tokens': '90' }],
  ['Anthropic', { 'anthropic-ratelimit-requests-remaining': '7', 'anthropic-ratelimit-tokens-remaining': '90' }],
  ['Mistral', { 'x-ratelimit-remaining-req-minute': '7', 'x-ratelimit-remaining-tokens-minute': '90' }],
  ['Together', { 'x-ratelimit-remaining': '7', 'x-tokenlimit-remaining': '90' }],
  ['the draft standard', { 'ratelimit-remaining': '7', 'x-ratelimit-remaining-tokens': '90' }],
]

test.each(families)('the remaining limits are read from the headers of %s', (_, headers) => {
  const recorder = createTestRecorder()
  recordRateLimits(recorder, labels, (name) => headers[name])
  expect(recorder.value('llm_ratelimit_remaining', { ...labels, kind: 'requests' })).toBe(7)
  expect(recorder.value('llm_ratelimit_remaining', { ...labels, kind: 'tokens' })).toBe(90)
})

test('a header that is not a count is not recorded', () => {
  const recorder = createTestRecorder()
  recordRateLimits(recorder, labels, (name) => (name === 'x-ratelimit-remaining-requests' ? 'many' : undefined))
  expect(recorder.value('llm_ratelimit_remaining', { ...labels, kind: 'requests' })).toBeUndefined()
})
