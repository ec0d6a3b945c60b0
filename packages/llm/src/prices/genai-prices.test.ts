import * as library from '@pydantic/genai-prices'
import { createTestRecorder } from '@quipu/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { genaiPrices } from './genai-prices.js'

/** Model calls by OpenTelemetry's name of the provider, with the library's. */
const models = [
  ['openai', 'gpt-4.1-2025-04-14', 'openai'],
  ['openai', 'gpt-5.4', 'openai'],
  ['openai', 'text-embedding-3-small', 'openai'],
  ['anthropic', 'claude-sonnet-4-5-20250929', 'anthropic'],
  ['gcp.gemini', 'gemini-2.5-pro', 'google'],
  ['aws.bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'aws'],
  ['azure.ai.openai', 'gpt-4.1', 'azure'],
  ['mistral_ai', 'mistral-large-latest', 'mistral'],
  ['groq', 'llama-3.3-70b-versatile', 'groq'],
  ['deepseek', 'deepseek-chat', 'deepseek'],
  ['openrouter', 'deepseek/deepseek-r1', 'openrouter'],
] as const

type Usage = { readonly inputTokens: number; readonly outputTokens: number; readonly cacheReadTokens: number }

/** Cost of a call in the metrics; undefined without a known price. */
function costOf(provider: string, model: string, usage: Usage) {
  const recorder = createTestRecorder({ priceOf: genaiPrices(library) })
  recorder.clock.advanceMs(Date.UTC(2026, 10, 27) - recorder.clock.unixMs())
  const call = recorder.startLlmCall({ provider, model })
  call.usage(usage)
  call.end()
  if (recorder.value('llm_price_unknown_total', { model }) === 1) return undefined
  const parts = ['input', 'cache_read', 'cache_write', 'output'] as const
  return parts.reduce((sum, type) => sum + recorder.value('llm_cost_usd_total', { model, type, source: 'prices' }), 0)
}

test.each(models)('a call of %s has the library’s price of %s', (provider, model, providerId) => {
  const timestamp = new Date(Date.UTC(2026, 10, 27))
  const count = fc.integer({ min: 0, max: 400_000 })
  fc.assert(
    fc.property(count, count, fc.double({ min: 0, max: 1, noNaN: true }), (inputTokens, outputTokens, share) => {
      const cacheReadTokens = Math.floor(inputTokens * share)
      const usage = { input_tokens: inputTokens, output_tokens: outputTokens, cache_read_tokens: cacheReadTokens }
      const total = library.calcPrice(usage, model, { providerId, timestamp })?.total_price
      expect(costOf(provider, model, { inputTokens, outputTokens, cacheReadTokens })).toBeCloseTo(
        total ?? Number.NaN,
        9,
      )
    }),
    { numRuns: 20 },
  )
})

test('a model of an unknown provider has the price of its vendor', () => {
  const usage = { inputTokens: 1_000_000, outputTokens: 0, cacheReadTokens: 0 }
  expect(costOf('unknown', 'gpt-4.1', usage)).toBe(costOf('openai', 'gpt-4.1', usage))
})

test('an unknown model has no price, and is counted', () => {
  expect(costOf('openai', 'no-such-model', { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0 })).toBeUndefined()
})

test('usage for which the library throws is priced', () => {
  expect(costOf('openai', 'gpt-4.1', { inputTokens: 10, outputTokens: 0, cacheReadTokens: 20 })).toBeGreaterThan(0)
})

test('a library that throws gives no price', () => {
  const priceOf = genaiPrices({
    calcPrice() {
      throw new Error('inconsistent')
    },
  })
  expect(priceOf({ model: 'gpt-4.1', provider: 'openai', unixMs: 0 })).toBeUndefined()
})

test('the library is called once per provider and model in half an hour', () => {
  const asked: string[] = []
  const priceOf = genaiPrices({
    calcPrice(_, model, options) {
      asked.push(`${options?.providerId} ${model} ${options?.timestamp?.getTime()}`)
      return { model_price: { input_mtok: 1 } }
    },
  })
  for (const unixMs of [0, 1000, 1_799_999, 1_800_000]) priceOf({ model: 'm', provider: 'x_ai', unixMs })
  priceOf({ model: 'm', provider: 'groq', unixMs: 1_800_000 })
  expect(asked).toEqual(['x-ai m 0', 'x-ai m 1800000', 'groq m 1800000'])
})
