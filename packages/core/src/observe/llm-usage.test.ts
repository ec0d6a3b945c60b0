import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addUsage, type LlmUsage, toLlmUsage } from './llm-usage.js'

const known = (usage: LlmUsage | undefined) =>
  usage && Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== undefined))

it.each<[string, object, LlmUsage]>([
  [
    'our own spelling',
    { inputTokens: 120, outputTokens: 30, cacheReadTokens: 20, reasoningTokens: 5 },
    {
      inputTokens: 120,
      outputTokens: 30,
      cacheReadTokens: 20,
      reasoningTokens: 5,
    },
  ],
  ['SecureTrack', { input_tokens: 120, output_tokens: 30 }, { inputTokens: 120, outputTokens: 30 }],
  [
    'OpenAI chat',
    {
      prompt_tokens: 120,
      completion_tokens: 30,
      total_tokens: 150,
      prompt_tokens_details: {
        cached_tokens: 20,
        cache_write_tokens: 7,
        audio_tokens: 3,
        image_tokens: 2,
        text_tokens: 95,
      },
      completion_tokens_details: { reasoning_tokens: 5, audio_tokens: 1, accepted_prediction_tokens: 9 },
    },
    {
      inputTokens: 120,
      outputTokens: 30,
      cacheReadTokens: 20,
      cacheWriteTokens: 7,
      audioInputTokens: 3,
      imageInputTokens: 2,
      reasoningTokens: 5,
      audioOutputTokens: 1,
    },
  ],
  [
    'OpenAI responses',
    {
      input_tokens: 120,
      output_tokens: 30,
      input_tokens_details: { cached_tokens: 20, cache_write_tokens: 7 },
      output_tokens_details: { reasoning_tokens: 5 },
    },
    { inputTokens: 120, outputTokens: 30, cacheReadTokens: 20, cacheWriteTokens: 7, reasoningTokens: 5 },
  ],
  ['OpenAI embeddings', { prompt_tokens: 8, total_tokens: 8 }, { inputTokens: 8 }],
  [
    'Anthropic, whose input leaves the cache out',
    {
      input_tokens: 10,
      output_tokens: 30,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 10,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 0 },
      output_tokens_details: { thinking_tokens: 4 },
      server_tool_use: { web_search_requests: 1 },
      service_tier: 'standard',
    },
    { inputTokens: 120, outputTokens: 30, cacheReadTokens: 100, cacheWriteTokens: 10, reasoningTokens: 4 },
  ],
  [
    'Anthropic without a cache',
    { input_tokens: 120, output_tokens: 30, cache_read_input_tokens: null, cache_creation_input_tokens: null },
    {
      inputTokens: 120,
      outputTokens: 30,
    },
  ],
  [
    'a proxy that puts Anthropic’s names beside OpenAI’s',
    {
      prompt_tokens: 120,
      completion_tokens: 30,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 10,
    },
    { inputTokens: 120, outputTokens: 30, cacheReadTokens: 100, cacheWriteTokens: 10 },
  ],
  [
    'Bedrock Converse, whose input leaves the cache out',
    {
      inputTokens: 10,
      outputTokens: 30,
      totalTokens: 150,
      cacheReadInputTokens: 100,
      cacheWriteInputTokens: 10,
    },
    { inputTokens: 120, outputTokens: 30, cacheReadTokens: 100, cacheWriteTokens: 10 },
  ],
  [
    'Google, whose candidates leave the thoughts out',
    {
      promptTokenCount: 100,
      toolUsePromptTokenCount: 20,
      cachedContentTokenCount: 60,
      candidatesTokenCount: 25,
      thoughtsTokenCount: 5,
      totalTokenCount: 150,
    },
    { inputTokens: 120, outputTokens: 30, cacheReadTokens: 60, reasoningTokens: 5 },
  ],
  [
    'Google with thoughts alone',
    { promptTokenCount: 120, thoughtsTokenCount: 5 },
    {
      inputTokens: 120,
      outputTokens: 5,
      reasoningTokens: 5,
    },
  ],
  ['Ollama', { prompt_eval_count: 120, eval_count: 30, eval_duration: 1e9 }, { inputTokens: 120, outputTokens: 30 }],
  ['Ollama with a warm cache', { eval_count: 30 }, { outputTokens: 30 }],
  [
    'the AI SDK',
    {
      inputTokens: 120,
      inputTokenDetails: { noCacheTokens: 100, cacheReadTokens: 15, cacheWriteTokens: 5 },
      outputTokens: 30,
      outputTokenDetails: { textTokens: 25, reasoningTokens: 5 },
      totalTokens: 150,
    },
    { inputTokens: 120, outputTokens: 30, cacheReadTokens: 15, cacheWriteTokens: 5, reasoningTokens: 5 },
  ],
  [
    'the AI SDK’s middleware',
    {
      inputTokens: { total: 120, noCache: 100, cacheRead: 15, cacheWrite: 5 },
      outputTokens: { total: 30, text: 25, reasoning: 5 },
    },
    { inputTokens: 120, outputTokens: 30, cacheReadTokens: 15, cacheWriteTokens: 5, reasoningTokens: 5 },
  ],
  ['the AI SDK of old', { promptTokens: 120, completionTokens: 30 }, { inputTokens: 120, outputTokens: 30 }],
  [
    'LangChain',
    {
      input_tokens: 120,
      output_tokens: 30,
      total_tokens: 150,
      input_token_details: { cache_read: 15, cache_creation: 5, audio: 2, image: 3 },
      output_token_details: { reasoning: 5, audio: 1 },
    },
    {
      inputTokens: 120,
      outputTokens: 30,
      cacheReadTokens: 15,
      cacheWriteTokens: 5,
      audioInputTokens: 2,
      imageInputTokens: 3,
      reasoningTokens: 5,
      audioOutputTokens: 1,
    },
  ],
  ['estimates', { input_tokens: 12.5, output_tokens: 0 }, { inputTokens: 12.5, outputTokens: 0 }],
  ['an invalid side', { input_tokens: Number.NaN, output_tokens: 30 }, { outputTokens: 30 }],
])('%s', (_, usage, expected) => {
  expect(known(toLlmUsage(usage))).toEqual(expected)
})

it.each([
  [undefined],
  [null],
  ['120'],
  [120],
  [{}],
  [[]],
  [{ input_tokens: '120' }],
  [{ input_tokens: 120n }],
  [{ input_tokens: -1, output_tokens: Number.POSITIVE_INFINITY }],
  [{ type: 'duration', seconds: 3 }],
])('%o has no counts in it', (usage) => {
  expect(toLlmUsage(usage)).toBeUndefined()
})

it('reads only counts from any value', () => {
  fc.assert(
    fc.property(fc.anything(), (anything) => {
      for (const count of Object.values(toLlmUsage(anything) ?? {})) {
        if (count !== undefined) expect(Number.isFinite(count) && count >= 0).toBe(true)
      }
    }),
  )
})

describe('the sum of two', () => {
  it('has the counts of both', () => {
    expect(addUsage(undefined, { inputTokens: 1 })).toEqual({ inputTokens: 1 })
    expect(known(addUsage({ inputTokens: 1, cacheReadTokens: 2 }, { inputTokens: 3, outputTokens: 4 }))).toEqual({
      inputTokens: 4,
      outputTokens: 4,
      cacheReadTokens: 2,
    })
  })
})
