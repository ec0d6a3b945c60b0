import type { GenAiProfile, Vocabulary } from '@quipu/catalog/builtin'
import { createTestRecorder } from '@quipu/testing'
import { describe, expect, it } from 'vitest'
import { allSeries, type Held } from '../../../../store/fixtures/all-series.js'
import { writeObservation } from '../write-observation.js'
import { agentRunMapping } from './agent-run.js'
import { fileStoredMapping, fileUploadMapping } from './file.js'
import { llmCallMapping } from './llm-call.js'
import { createMapping, metric } from './mapping.js'
import { requestMapping } from './request.js'
import { toolCallMapping } from './tool-call.js'

const vocabularies = ['securetrack', 'aki', 'atlas', 'gen_ai', 'quipu'] as const

/** A model call with all its properties. */
function everything(
  spoken: readonly (typeof vocabularies)[number][],
  genAiProfiles: readonly GenAiProfile[] = ['1.41'],
) {
  const recorder = createTestRecorder({
    vocabularies: spoken,
    genAiProfiles,
    prices: { 'gpt-4': { input: 10, output: 30 } },
  })
  recorder.withUser('user@example.com', () =>
    recorder.withAttribution({ feature: 'search' }, () => {
      const call = recorder.startLlmCall({
        model: 'gpt-4',
        endpoint: 'chat',
        provider: 'openai',
        serverAddress: 'api.openai.com',
        messageCount: 5,
      })
      call.retried('rate_limit')
      recorder.clock.advanceMs(200)
      call.chunk()
      call.firstOutput()
      call.output('Hé!')
      recorder.clock.advanceMs(50)
      call.chunk()
      call.toolCalls(2)
      call.usage({
        inputTokens: 120,
        outputTokens: 30,
        cacheReadTokens: 100,
        cacheWriteTokens: 10,
        reasoningTokens: 20,
      })
      recorder.clock.advanceMs(750)
      call.response({ model: 'gpt-4-0613' })
      call.end()
    }),
  )
  return { series: allSeries(recorder), lines: recorder.lines }
}

const asked = 'gen_ai.operation.name="chat",gen_ai.provider.name="openai",gen_ai.request.model="gpt-4"'
const answered = `${asked},gen_ai.response.model="gpt-4-0613",server.address="api.openai.com"`
const once = (sum: number): Held => ({ count: 1, sum })

const expected: { readonly [V in (typeof vocabularies)[number]]: Record<string, Held> } = {
  securetrack: {
    'llm_requests_total{model="gpt-4",endpoint="chat"}': 1,
    'llm_tokens_total{model="gpt-4",type="input"}': 120,
    'llm_tokens_total{model="gpt-4",type="output"}': 30,
    'llm_tokens_total{model="gpt-4",type="total"}': 150,
    'llm_request_duration_seconds{model="gpt-4",endpoint="chat"}': once(1),
    'llm_completion_size_bytes{model="gpt-4"}': once(4),
  },
  aki: {
    'model_usage{model_id="gpt-4"}': 1,
    'token_input{model_id="gpt-4"}': 120,
    'token_output{model_id="gpt-4"}': 30,
    'execution_time{model_id="gpt-4"}': once(1000),
  },
  atlas: {},
  gen_ai: {
    [`gen_ai.client.operation.duration{${answered}}`]: once(1),
    [`gen_ai.client.token.usage{${answered},gen_ai.token.type="input"}`]: once(120),
    [`gen_ai.client.token.usage{${answered},gen_ai.token.type="output"}`]: once(30),
    [`gen_ai.client.operation.time_to_first_chunk{${answered}}`]: once(0.2),
    [`gen_ai.client.operation.time_per_output_chunk{${asked}}`]: once(0.05),
    [`gen_ai.client.operation.cost{${answered}}`]: once(0.0021),
  },
  quipu: {
    'llm_time_to_first_token_seconds{model="gpt-4",endpoint="chat"}': once(0.2),
    'llm_token_details_total{model="gpt-4",kind="cache_read"}': 100,
    'llm_token_details_total{model="gpt-4",kind="cache_write"}': 10,
    'llm_token_details_total{model="gpt-4",kind="reasoning"}': 20,
    'llm_retries_total{model="gpt-4",reason="rate_limit"}': 1,
    'llm_stream_outcomes_total{model="gpt-4",outcome="complete"}': 1,
    'llm_cost_usd_total{model="gpt-4",type="input",source="table"}': 0.0001,
    'llm_cost_usd_total{model="gpt-4",type="cache_read",source="table"}': 0.001,
    'llm_cost_usd_total{model="gpt-4",type="cache_write",source="table"}': 0.0001,
    'llm_cost_usd_total{model="gpt-4",type="output",source="table"}': 0.0009,
    'llm_feature_cost_usd_total{feature="search",model="gpt-4"}': 0.0021,
    'llm_feature_requests_total{feature="search",model="gpt-4"}': 1,
    'llm_feature_tokens_total{feature="search",model="gpt-4",type="input"}': 120,
    'llm_feature_tokens_total{feature="search",model="gpt-4",type="output"}': 30,
  },
}
const next: Record<string, Held> = {
  [`gen_ai.client.inference.duration{${answered}}`]: once(1),
  [`gen_ai.client.inference.time_to_first_chunk{${answered}}`]: once(0.2),
  [`gen_ai.client.inference.time_per_output_chunk{${asked}}`]: once(0.05),
  [`gen_ai.client.inference.usage.input_tokens{${answered},gen_ai.token.modality="unknown"}`]: 120,
  [`gen_ai.client.inference.usage.output_tokens{${answered},gen_ai.token.modality="unknown"}`]: 30,
  [`gen_ai.client.inference.usage.cache_read.input_tokens{${answered},gen_ai.token.modality="unknown"}`]: 100,
  [`gen_ai.client.inference.usage.cache_write.input_tokens{${answered},gen_ai.token.modality="unknown"}`]: 10,
  [`gen_ai.client.inference.usage.reasoning.output_tokens{${answered},gen_ai.token.modality="unknown"}`]: 20,
  [`gen_ai.client.inference.operation.input_tokens{${answered}}`]: once(120),
  [`gen_ai.client.inference.operation.output_tokens{${answered}}`]: once(30),
}
const line = '[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5 tool_count=2'
const close = (series: Record<string, Held>) =>
  Object.fromEntries(
    Object.entries(series).map(([name, held]) => [
      name,
      typeof held === 'number' ? Number(held.toFixed(9)) : { ...held, sum: Number(held.sum.toFixed(9)) },
    ]),
  )

describe('one model call', () => {
  it('is recorded in every vocabulary', () => {
    const { series, lines } = everything(vocabularies)
    expect(close(series)).toEqual(Object.assign({}, ...Object.values(expected)))
    expect(lines).toEqual([line])
  })

  it.each(vocabularies)('in %s only has just its series', (vocabulary) => {
    const { series, lines } = everything([vocabulary])
    expect(close(series)).toEqual(expected[vocabulary])
    expect(lines).toEqual(vocabulary === 'atlas' ? [line] : [])
  })

  it.each(vocabularies)('without %s has all the others', (vocabulary) => {
    const { series } = everything(vocabularies.filter((one) => one !== vocabulary))
    const { [vocabulary]: _, ...others } = expected
    expect(close(series)).toEqual(Object.assign({}, ...Object.values(others)))
  })

  it('is recorded in the chosen edition of the GenAI conventions, or in both', () => {
    expect(close(everything(['gen_ai'], ['next']).series)).toEqual(next)
    expect(close(everything(['gen_ai'], ['1.41', 'next']).series)).toEqual({ ...expected.gen_ai, ...next })
    expect(everything(['gen_ai'], []).series).toEqual({})
  })
})

describe('the mapping', () => {
  const mappings = [
    llmCallMapping,
    agentRunMapping,
    toolCallMapping,
    requestMapping,
    fileUploadMapping,
    fileStoredMapping,
  ]
  const rows: { readonly vocabulary: Vocabulary; readonly metric: string }[] = mappings.flatMap(
    ({ metrics }: { metrics: readonly { vocabulary: Vocabulary; metric: string }[] }) => metrics,
  )
  const entries = createTestRecorder({ genAiProfiles: ['1.41', 'next'] }).readings()

  it('writes each metric under the vocabulary of its entry', () => {
    for (const { vocabulary, metric } of rows) {
      expect([metric, entries.find((one) => one.name === metric)?.spec.vocabulary]).toEqual([metric, vocabulary])
    }
  })

  it('builds one label object for all rows that share it', () => {
    let built = 0
    const labels = () => {
      built++
      return { model: 'gpt-4' }
    }
    const mapping = createMapping<null>({
      metrics: [
        metric('securetrack', 'llm_rate_limits_total', labels, () => 1),
        metric('quipu', 'llm_open_calls', labels, () => 2),
        metric('quipu', 'llm_price_unknown_total', labels, () => undefined),
      ],
    })
    const written: unknown[] = []
    writeObservation(mapping, null, {
      records: () => true,
      write: (name, value, bag) => written.push([name, value, bag]),
      caught: (error) => {
        throw error
      },
    })
    expect(built).toBe(1)
    expect(written).toEqual([
      ['llm_rate_limits_total', 1, { model: 'gpt-4' }],
      ['llm_open_calls', 2, { model: 'gpt-4' }],
    ])
  })

  it('a throwing row does not affect the others', () => {
    const mapping = createMapping<null>({
      metrics: [
        metric(
          'securetrack',
          'llm_rate_limits_total',
          () => {
            throw new Error('a getter')
          },
          () => 1,
        ),
        metric(
          'securetrack',
          'user_logins_total',
          () => ({}),
          () => 1,
        ),
      ],
    })
    const seen: unknown[] = []
    writeObservation(mapping, null, {
      records: () => true,
      write: (name) => seen.push(name),
      caught: (error) => seen.push(error),
    })
    expect(seen).toEqual([new Error('a getter'), 'user_logins_total'])
  })

  it('has a row for every metric of a model call in a document or convention', () => {
    const written = new Set(rows.map((row) => row.metric))
    const llm = entries
      .map((one) => one.name)
      .filter((name) => /^(llm_|gen_ai\.client\.|token_|model_usage|execution_time|tool_usage)/.test(name))
    const elsewhere = [
      // Reported during the call.
      'llm_retries_total',
      'gen_ai.client.operation.time_per_output_chunk',
      'gen_ai.client.inference.time_per_output_chunk',
      // Reported by code that reads responses and looks for libraries.
      'llm_ratelimit_remaining',
      'llm_ratelimit_limit',
      'llm_open_calls',
      // Recorded when the user is found.
      'llm_tokens_by_user_total',
    ]
    expect(llm.filter((name) => !written.has(name)).sort()).toEqual(elsewhere.sort())
  })
})
