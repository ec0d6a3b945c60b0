import { createTestRecorder } from '@quipu/testing'
import { describe, expect, it } from 'vitest'
import { allSeries, drops, type Held, seriesOf } from '../../store/fixtures/all-series.js'
import { helperCalls } from '../fixtures/helper-calls.js'
import { createRecorder, type Recorder, UserActionTimer } from './index.js'

/** Calls a helper with valid arguments and ends its result. */
function callHelper(recorder: Recorder, name: string, given: readonly unknown[]): void {
  const returned: unknown = Reflect.apply(Reflect.get(recorder, name), undefined, given)
  if (typeof returned === 'function') returned()
  else if (typeof returned === 'object' && returned !== null) Reflect.get(returned, 'end')?.()
}

it.each(Object.entries(helperCalls))(
  '%s records exactly its series and lines',
  (name, { given, records, andMore, lines = [] }) => {
    const recorder = createTestRecorder({ strict: false })
    callHelper(recorder, name, given)
    if (andMore === true) expect(allSeries(recorder)).toMatchObject(records)
    else expect(allSeries(recorder)).toEqual(records)
    expect(recorder.lines).toEqual(lines)
  },
)

it.each<[string, (recorder: Recorder) => unknown, Record<string, Held>]>([
  [
    'an error of a feature by its name',
    (r) => r.trackFeatureError('search', 'timeout'),
    { 'feature_errors_total{feature_name="search",error_type="timeout"}': 1 },
  ],
  [
    'a failed authentication without a reason',
    (r) => r.trackAuthFailure(),
    { 'user_auth_failures_total{reason="invalid_credentials"}': 1 },
  ],
  [
    'tokens of one side, and their total',
    (r) => r.recordLlmTokens('gpt-4', 120),
    { 'llm_tokens_total{model="gpt-4",type="input"}': 120, 'llm_tokens_total{model="gpt-4",type="total"}': 120 },
  ],
  ['no tokens as no series', (r) => r.recordLlmTokens('gpt-4', 0, 0), {}],
])('a helper records %s', (_, call, series) => {
  const recorder = createTestRecorder()
  call(recorder)
  expect(allSeries(recorder)).toEqual(series)
})

it('an action in a block is timed until its end, once', () => {
  const recorder = createTestRecorder()
  {
    using timer = new UserActionTimer('document_upload', { recorder })
    recorder.clock.advanceMs(250)
    timer.end()
    recorder.clock.advanceMs(250)
  }
  expect(recorder.value('user_action_duration_seconds', { action_type: 'document_upload' })).toMatchObject({
    count: 1,
    sum: 0.25,
  })
})

it('an action that runs a function is timed until its end, and its error is thrown', async () => {
  const recorder = createTestRecorder()
  const failure = new Error('prompt')
  const action = { action_type: 'document_upload' }
  const upload = async () => {
    recorder.clock.advanceMs(250)
    throw failure
  }
  await expect(new UserActionTimer('document_upload', { recorder }).run(upload)).rejects.toBe(failure)
  expect(recorder.value('user_action_total', action)).toBe(1)
  expect(recorder.value('user_action_duration_seconds', action)).toMatchObject({ count: 1, sum: 0.25 })
})

it('a manual model request is timed once', () => {
  const recorder = createTestRecorder()
  {
    using timer = recorder.timeLlmRequest('gpt-4', 'chat')
    recorder.clock.advanceMs(250)
    timer.end()
  }
  expect(seriesOf(recorder, 'llm_request_duration_seconds')).toEqual({
    '{model="gpt-4",endpoint="chat"}': { count: 1, sum: 0.25 },
  })
})

it('invalid manual tokens are dropped, and the total is that of the valid ones', () => {
  const recorder = createRecorder()
  recorder.recordLlmTokens('gpt-4', -5, 10)
  recorder.recordLlmTokens('gpt-4', Number.NaN, 1)
  recorder.recordLlmTokens('gpt-4', 1n as unknown as number, Symbol('2') as unknown as number)
  expect(seriesOf(recorder, 'llm_tokens_total')).toEqual({
    '{model="gpt-4",type="output"}': 11,
    '{model="gpt-4",type="total"}': 11,
  })
  expect(drops(recorder)).toEqual({
    'llm_tokens_total negative': 1,
    'llm_tokens_total not_finite': 1,
    'llm_tokens_total not_a_number': 2,
  })
})

describe('a workspace', () => {
  it('has a pseudonym that depends on the recorder, or on its key', () => {
    const sizes = (recorder: Recorder) => {
      recorder.updateWorkspaceSize('user-42', 1)
      recorder.updateWorkspaceSize('user-42', 2)
      return seriesOf(recorder, 'workspace_size_bytes')
    }
    const [first, second] = [sizes(createRecorder()), sizes(createRecorder())]
    expect(Object.keys(first)).toEqual([expect.stringMatching(/^\{user_id="[0-9a-f]{16}"\}$/)])
    expect(Object.values(first)).toEqual([2])
    expect(first).not.toEqual(second)
    const key = { idKey: 'sixteen characters' }
    expect(sizes(createRecorder(key))).toEqual(sizes(createRecorder(key)))
  })

  it('is shown if it is one of the hundred largest, and the others are counted', () => {
    const recorder = createRecorder({ ids: 'plain' })
    const kept = () => Object.keys(seriesOf(recorder, 'workspace_size_bytes')).map((one) => Number(one.slice(15, -2)))
    const leftOut = () => Object.values(seriesOf(recorder, 'quipu_series_left_out'))
    for (let i = 0; i < 300; i++) recorder.updateWorkspaceSize(`user-${i}`, i)
    expect(kept().sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => 200 + i))
    expect(leftOut()).toEqual([200])
    recorder.updateWorkspaceSize('user-7', 4)
    expect([kept().includes(7), leftOut()]).toEqual([false, [200]])
    recorder.updateWorkspaceSize('user-7', 1_000_000)
    expect([kept().includes(7), kept().includes(200), leftOut()]).toEqual([true, false, [200]])
    recorder.deleteWorkspace('user-7')
    recorder.deleteWorkspace('user-9')
    recorder.updateWorkspaceSize('user-8', 4)
    expect([kept().includes(8), kept().length, leftOut()]).toEqual([true, 100, [198]])
  })

  it('is recorded by a handle while it is among the largest', () => {
    const recorder = createRecorder({ ids: 'plain' })
    for (let i = 0; i < 100; i++) recorder.updateWorkspaceSize(`user-${i}`, 100 + i)
    const handle = recorder.metrics.workspace_size_bytes.with({ user_id: 'small' })
    const size = () => seriesOf(recorder, 'workspace_size_bytes')['{user_id="small"}']
    handle.set(1)
    expect(size()).toBeUndefined()
    handle.set(1000)
    expect(size()).toBe(1000)
    for (let i = 0; i < 100; i++) recorder.updateWorkspaceSize(`user-${i}`, 2000 + i)
    expect(size()).toBeUndefined()
    handle.set(3000)
    expect(size()).toBe(3000)
    expect(seriesOf(recorder, 'quipu_dropped_total')).toEqual({})
  })
})
