import { createTestRecorder } from '@quipu/testing'

import { describe, expect, it } from 'vitest'
import { drops, seriesOf } from '../../../store/fixtures/all-series.js'
import { call, chat, only } from '../../fixtures/reported-call.js'
import { createRecorder, type LlmCall } from '../index.js'

describe('the call of the README', () => {
  const { series, lines } = call(
    (llm, advanceMs) => {
      advanceMs(200)
      for (const text of ['Hé', 'llo ', '\ud83d', '\ude00']) {
        llm.firstOutput()
        llm.output(text)
      }
      advanceMs(800)
      llm.toolCalls(2)
      llm.usage({ inputTokens: 120, outputTokens: 30 })
      llm.end()
    },
    { model: 'gpt-4', endpoint: 'chat', messageCount: 5, user: 'user@example.com' },
  )
  const genAi = 'gen_ai.operation.name="chat",gen_ai.provider.name="unknown",gen_ai.request.model="gpt-4"'

  it('has exactly these series', () => {
    expect(series).toEqual({
      'llm_requests_total{model="gpt-4",endpoint="chat"}': 1,
      'llm_tokens_total{model="gpt-4",type="input"}': 120,
      'llm_tokens_total{model="gpt-4",type="output"}': 30,
      'llm_tokens_total{model="gpt-4",type="total"}': 150,
      'llm_request_duration_seconds{model="gpt-4",endpoint="chat"}': { count: 1, sum: 1 },
      'llm_completion_size_bytes{model="gpt-4"}': { count: 1, sum: 11 },
      'model_usage{model_id="gpt-4"}': 1,
      'token_input{model_id="gpt-4"}': 120,
      'token_output{model_id="gpt-4"}': 30,
      'execution_time{model_id="gpt-4"}': { count: 1, sum: 1000 },
      [`gen_ai.client.operation.duration{${genAi}}`]: { count: 1, sum: 1 },
      [`gen_ai.client.token.usage{${genAi},gen_ai.token.type="input"}`]: { count: 1, sum: 120 },
      [`gen_ai.client.token.usage{${genAi},gen_ai.token.type="output"}`]: { count: 1, sum: 30 },
      [`gen_ai.client.operation.time_to_first_chunk{${genAi}}`]: { count: 1, sum: 0.2 },
      'llm_time_to_first_token_seconds{model="gpt-4",endpoint="chat"}': { count: 1, sum: 0.2 },
      'llm_stream_outcomes_total{model="gpt-4",outcome="complete"}': 1,
    })
  })

  it('and one line', () => {
    expect(lines).toEqual(['[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5 tool_count=2'])
  })
})

describe('the usage of a call', () => {
  it('is the last reported one', () => {
    const { series } = call((llm) => {
      llm.usage({ prompt_tokens: 1, completion_tokens: 1 })
      llm.usage({ prompt_tokens: 120, completion_tokens: 30 })
      llm.usage(null as never)
      llm.end()
    })
    expect(only(series, 'llm_tokens_total')).toEqual({
      'llm_tokens_total{model="gpt-4",type="input"}': 120,
      'llm_tokens_total{model="gpt-4",type="output"}': 30,
      'llm_tokens_total{model="gpt-4",type="total"}': 150,
    })
    expect(only(series, 'llm_usage_missing_total')).toEqual({})
  })

  it('has a total even of one side only, and no series without usage', () => {
    const { series } = call((llm) => {
      llm.usage({ input_tokens: 120, output_tokens: 0 })
      llm.end()
    })
    expect(only(series, 'llm_tokens_total')).toEqual({
      'llm_tokens_total{model="gpt-4",type="input"}': 120,
      'llm_tokens_total{model="gpt-4",type="total"}': 120,
    })
    expect(only(series, 'token_')).toEqual({ 'token_input{model_id="gpt-4"}': 120 })
  })

  it('keeps its parts out of the totals', () => {
    const { series } = call((llm) => {
      llm.usage({ inputTokens: 120, outputTokens: 30, cacheReadTokens: 100, cacheWriteTokens: 10, reasoningTokens: 20 })
      llm.end()
    })
    expect(only(series, 'llm_token_details_total')).toEqual({
      'llm_token_details_total{model="gpt-4",kind="cache_read"}': 100,
      'llm_token_details_total{model="gpt-4",kind="cache_write"}': 10,
      'llm_token_details_total{model="gpt-4",kind="reasoning"}': 20,
    })
    expect(series['llm_tokens_total{model="gpt-4",type="total"}']).toBe(150)
  })
})

describe('the duration of a call', () => {
  it('is the provider’s for Aki, and the clock’s without it', () => {
    for (const [latencyMs, sum] of [
      [812, 812],
      [0, 1000],
      [Number.NaN, 1000],
      [undefined, 1000],
    ] as const) {
      const { series } = call((llm, advanceMs) => {
        advanceMs(1000)
        llm.response({ latencyMs })
        llm.end()
      })
      expect(series['execution_time{model_id="gpt-4"}']).toEqual({ count: 1, sum })
    }
  })

  it('is recorded per chunk if OpenTelemetry’s conventions are enabled', () => {
    const run = (llm: LlmCall, advanceMs: (ms: number) => void) => {
      for (let i = 0; i < 3; i++) {
        llm.chunk()
        advanceMs(40)
      }
      llm.end()
    }
    const { series } = call(run)
    const [gaps] = Object.values(only(series, 'gen_ai.client.operation.time_per_output_chunk'))
    expect(gaps).toEqual({ count: 2, sum: 0.08 })
    expect(only(call(run, chat, { vocabularies: ['securetrack'] }).series, 'gen_ai')).toEqual({})
  })
})

describe('the details of a call', () => {
  it('have defaults', () => {
    const { series, lines } = call((llm) => llm.end(), {})
    expect(series['llm_requests_total{model="unknown",endpoint="chat"}']).toBe(1)
    expect(lines).toEqual(['[METRIC] [unknown] llm_call model=unknown'])
  })

  it('are those of its start, although the object changes later', () => {
    const recorder = createTestRecorder()
    const options = { model: 'gpt-4', endpoint: 'chat', messageCount: 5, provider: 'openai' }
    const llm = recorder.startLlmCall(options)
    Object.assign(options, { model: 'other-model', messageCount: 9, provider: 'other-provider' })
    llm.end()
    expect(recorder.lines).toEqual(['[METRIC] [unknown] llm_call model=gpt-4 message_count=5'])
    expect(Object.keys(seriesOf(recorder, 'gen_ai.client.operation.duration'))[0]).toContain('provider.name="openai"')
  })

  it('can be set later, in addition to those of the response', () => {
    const { series } = call((llm) => {
      llm.describe({
        provider: 'azure.ai.openai',
        operation: 'embeddings',
        serverAddress: 'api.example.com',
        serverPort: 443,
      })
      llm.describe({ provider: undefined })
      llm.response({ model: 'gpt-4-0613', serviceTier: 'default' })
      llm.end()
    })
    expect(Object.keys(only(series, 'gen_ai.client.operation.duration'))).toEqual([
      'gen_ai.client.operation.duration{gen_ai.operation.name="embeddings",gen_ai.provider.name="azure.ai.openai",' +
        'gen_ai.request.model="gpt-4",gen_ai.response.model="gpt-4-0613",server.address="api.example.com",' +
        'server.port="443",openai.response.service_tier="default"}',
    ])
    expect(series['llm_requests_total{model="gpt-4",endpoint="chat"}']).toBe(1)
  })

  it('are missing if they cannot be read', () => {
    const recorder = createRecorder()
    const fail = () => {
      throw new Error('hostile')
    }
    recorder.startLlmCall(Object.defineProperty({}, 'model', { get: fail, enumerable: true })).end()
    recorder.startLlmCall(undefined as never).end()
    recorder.startLlmCall({ model: Symbol('gpt-4') as never, serverPort: { toString: fail } as never }).end()
    expect(seriesOf(recorder, 'llm_requests_total')).toEqual({ '{model="unknown",endpoint="chat"}': 2 })
    expect(drops(recorder)['llm_requests_total bad_label']).toBe(1)
  })
})
