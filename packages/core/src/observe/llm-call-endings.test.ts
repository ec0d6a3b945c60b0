import { createTestRecorder } from '@quipu/testing'
import { describe, expect, it } from 'vitest'
import type { Held } from '../../../store/fixtures/all-series.js'
import { call, chat, only } from '../../fixtures/reported-call.js'
import type { LlmCall } from '../index.js'

describe('how a call ends', () => {
  const rateLimit = Object.assign(new Error('prompt text'), { name: 'RateLimitError', status: 429 })
  const stopped = Object.assign(new Error('prompt text'), { name: 'AbortError' })
  it.each<[string, (llm: LlmCall) => void, Record<string, Held>, string]>([
    [
      'well',
      (llm) => llm.end(),
      { 'llm_usage_missing_total{model="gpt-4",reason="not_reported"}': 1 },
      'llm_call model=gpt-4',
    ],
    [
      'by an error',
      (llm) => llm.fail(new RangeError('prompt text')),
      {
        'llm_errors_total{model="gpt-4",error_type="unknown"}': 1,
      },
      'error error_type=unknown',
    ],
    [
      'by a rate limit, which is not an error too',
      (llm) => llm.fail(rateLimit),
      { 'llm_rate_limits_total{model="gpt-4"}': 1 },
      'error error_type=rate_limit',
    ],
    [
      'by a rate limit after two attempts: one call that failed',
      (llm) => {
        llm.retried('rate_limit')
        llm.retried('rate_limit')
        llm.fail(rateLimit)
      },
      { 'llm_rate_limits_total{model="gpt-4"}': 1, 'llm_retries_total{model="gpt-4",reason="rate_limit"}': 2 },
      'error error_type=rate_limit',
    ],
    [
      'well after a rate limit, which is a retry alone',
      (llm) => {
        llm.retried('rate_limit')
        llm.usage({ inputTokens: 0, outputTokens: 0 })
        llm.end()
      },
      { 'llm_retries_total{model="gpt-4",reason="rate_limit"}': 1 },
      'llm_call model=gpt-4',
    ],
    [
      'well after a retry for a reason of no list',
      (llm) => {
        llm.retried('the prompt')
        llm.retried('overloaded_error')
        llm.usage({ inputTokens: 0, outputTokens: 0 })
        llm.end()
      },
      {
        'llm_retries_total{model="gpt-4",reason="unknown"}': 1,
        'llm_retries_total{model="gpt-4",reason="overloaded"}': 1,
      },
      'llm_call model=gpt-4',
    ],
    [
      'by its own signal',
      (llm) => llm.abort(),
      { 'llm_usage_missing_total{model="gpt-4",reason="aborted"}': 1 },
      'llm_call model=gpt-4',
    ],
    [
      'by an error of its own signal',
      (llm) => llm.fail(stopped),
      { 'llm_usage_missing_total{model="gpt-4",reason="aborted"}': 1 },
      'llm_call model=gpt-4',
    ],
    [
      'left by its reader (T26)',
      (llm) => {
        llm.chunk()
        llm.end('abandoned')
      },
      {
        'llm_stream_outcomes_total{model="gpt-4",outcome="abandoned"}': 1,
        'llm_usage_missing_total{model="gpt-4",reason="abandoned"}': 1,
      },
      'llm_call model=gpt-4',
    ],
    [
      'never read',
      (llm) => llm.end('unread'),
      { 'llm_usage_missing_total{model="gpt-4",reason="unread"}': 1 },
      'llm_call model=gpt-4',
    ],
    [
      'well, with invalid usage',
      (llm) => {
        llm.usage({ seconds: 3 })
        llm.end()
      },
      { 'llm_usage_missing_total{model="gpt-4",reason="invalid"}': 1 },
      'llm_call model=gpt-4',
    ],
    [
      'with nothing more after its end',
      (llm) => {
        llm.end()
        llm.fail(new Error('late'))
        llm.abort()
        llm.usage({ inputTokens: 9 })
        llm.retried('timeout')
        llm.output('late')
        llm.chunk()
        llm.end()
      },
      { 'llm_usage_missing_total{model="gpt-4",reason="not_reported"}': 1 },
      'llm_call model=gpt-4',
    ],
  ])('%s', (_, run, beside, line) => {
    const { series, lines } = call(run, { ...chat, stream: undefined })
    const common = /^(llm_requests_total|llm_request_duration|model_usage|execution_time|gen_ai)/
    expect(Object.fromEntries(Object.entries(series).filter(([name]) => !common.test(name)))).toEqual(beside)
    expect(series['llm_requests_total{model="gpt-4",endpoint="chat"}']).toBe(1)
    expect(series['model_usage{model_id="gpt-4"}']).toBe(1)
    expect(lines).toEqual([`[METRIC] [unknown] ${line}`])
  })

  it('by an abort that only its signal shows', () => {
    const recorder = createTestRecorder()
    const signal = AbortSignal.abort()
    recorder.startLlmCall({ ...chat, signal }).fail(new Error('a client’s own class'))
    expect(recorder.lines).toEqual(['[METRIC] [unknown] llm_call model=gpt-4'])
    expect(recorder.value('llm_errors_total', { model: 'gpt-4', error_type: 'unknown' })).toBe(0)
  })

  it.each<[string, (llm: LlmCall) => void, number]>([
    ['completes', (llm) => llm.end(), 1],
    ['fails', (llm) => llm.fail(new Error('x')), 0],
    ['is aborted', (llm) => llm.abort(), 0],
    ['is abandoned', (llm) => llm.end('abandoned'), 0],
  ])('has Aki’s execution time only when it completes: it %s', (_, run, count) => {
    const { series } = call(run)
    expect(Object.keys(only(series, 'execution_time'))).toHaveLength(count)
  })

  it.each<[string, (llm: LlmCall) => void, string]>([
    ['an error', (llm) => llm.fail(rateLimit), ',error.type="rate_limit"'],
    ['its own signal', (llm) => llm.abort(), ',error.type="cancelled"'],
    ['its reader', (llm) => llm.end('abandoned'), ''],
  ])('is recorded for OpenTelemetry when it was ended by %s', (_, run, errorType) => {
    const { series } = call(run)
    expect(Object.keys(only(series, 'gen_ai.client.operation.duration'))).toEqual([
      `gen_ai.client.operation.duration{gen_ai.operation.name="chat",gen_ai.provider.name="openai",gen_ai.request.model="gpt-4"${errorType}}`,
    ])
  })
})
