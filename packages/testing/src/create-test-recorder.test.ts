import { expect, it } from 'vitest'
import { createTestRecorder } from './index.js'

it('times what runs on its own clock', async () => {
  const recorder = createTestRecorder()
  await recorder.withFeature('search', async () => recorder.clock.advanceMs(250))
  expect(recorder.value('feature_usage_total', { feature_name: 'search' })).toBe(1)
  expect(recorder.value('feature_duration_seconds', { feature_name: 'search' })).toMatchObject({ count: 1, sum: 0.25 })
  expect(recorder.lines).toEqual([])
})

it('shows the lines that would have been written', () => {
  const recorder = createTestRecorder()
  recorder.logMetric('tool_call', 'user@example.com', { tool_name: 'calculator' })
  expect(recorder.lines).toEqual(['[METRIC] [user@example.com] tool_call tool_name=calculator'])
})

it('throws where a recorder of an application would drop and count', () => {
  const recorder = createTestRecorder()
  expect(() => recorder.metrics.user_logins_total.add(Number.NaN)).toThrow(
    expect.objectContaining({ code: 'QUIPU_STRICT' }),
  )
})

it('knows a metric by each of its names', () => {
  const recorder = createTestRecorder()
  recorder.metrics.token_input.add(7, { model_id: 'gpt-4' })
  expect(recorder.value('token_input', { model_id: 'gpt-4' })).toBe(7)
  expect(recorder.value('aki_token_input_total', { model_id: 'gpt-4' })).toBe(7)
  expect(recorder.value('token_input', { model_id: 'gpt-5' })).toBeUndefined()
})
