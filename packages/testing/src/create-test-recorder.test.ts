import { describe, expect, it } from 'vitest'
import { createTestRecorder } from './index.js'

it('measures durations on its own clock', async () => {
  const recorder = createTestRecorder()
  await recorder.withFeature('search', async () => recorder.clock.advanceMs(250))
  expect(recorder.value('feature_usage_total', { feature_name: 'search' })).toBe(1)
  expect(recorder.value('feature_duration_seconds', { feature_name: 'search' })).toMatchObject({ count: 1, sum: 0.25 })
  expect(recorder.lines).toEqual([])
})

it('has the lines of all events', () => {
  const recorder = createTestRecorder()
  recorder.logMetric('tool_call', 'user@example.com', { tool_name: 'calculator' })
  expect(recorder.lines).toEqual(['[METRIC] [user@example.com] tool_call tool_name=calculator'])
})

it('throws in place of dropping and counting', () => {
  const recorder = createTestRecorder()
  expect(() => recorder.metrics.user_logins_total.add(Number.NaN)).toThrow(
    expect.objectContaining({ code: 'QUIPU_STRICT' }),
  )
})

it('an unused counter is 0, an unused histogram has zeros, and a gauge that was not set is undefined', () => {
  const recorder = createTestRecorder()
  expect(recorder.value('token_input', { model_id: 'gpt-5' })).toBe(0)
  expect(recorder.value('llm_completion_size_bytes', { model: 'gpt-5' })).toEqual({ count: 0, sum: 0 })
  expect(recorder.value('analysis_complexity', { analysis_type: 'threat_model' })).toMatchObject({ count: 0, sum: 0 })
  expect(recorder.value('workspace_size_bytes', { user_id: 'user-42' })).toBeUndefined()
})

describe('a mistake in the test', () => {
  const recorder = createTestRecorder()
  it.each<[string, () => unknown]>([
    // @ts-expect-error unknown metric
    ['an unknown metric', () => recorder.value('nope_total')],
    // @ts-expect-error unknown label
    ['an unknown label', () => recorder.value('llm_tokens_total', { modl: 'x' })],
    // @ts-expect-error not in the closed set
    ['an unknown value of a closed set', () => recorder.value('llm_tokens_total', { model: 'x', type: 'outptu' })],
    // @ts-expect-error not in the closed set
    ['recording such a value', () => recorder.metrics.llm_tokens_total.add(1, { model: 'x', type: 'outptu' })],
  ])('%s does not compile, and throws', (_, ask) => {
    expect(ask).toThrow(expect.objectContaining({ code: 'QUIPU_STRICT' }))
  })
})
