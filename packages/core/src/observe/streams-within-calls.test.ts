import { createTestRecorder } from '@quipu/testing'
import { describe, expect, it } from 'vitest'
import { allSeries, seriesOf } from '../../../store/fixtures/all-series.js'
import { bytes, chat, client, details, requests, tokens, usage } from '../../fixtures/client-call.js'
import type { LlmCall } from '../index.js'

describe('a stream that continues after the application’s function has returned', () => {
  const begin = async (recorder: ReturnType<typeof createTestRecorder>) => {
    let inner: LlmCall | undefined
    const stream = await recorder.withLlmCall(chat, async () => {
      inner = recorder.startLlmCall(details)
      return { controller: {} }
    })
    recorder.clock.advanceMs(1000)
    if (inner === undefined) throw new Error('no inner call')
    return { stream, inner }
  }

  it('is counted when it has been read, with its usage', async () => {
    const recorder = createTestRecorder()
    const { inner } = await begin(recorder)
    expect(allSeries(recorder)).toEqual({})
    inner.firstOutput()
    inner.output('Hé!')
    inner.usage(usage)
    inner.end()
    expect([requests(recorder), tokens(recorder), bytes(recorder)]).toEqual([[1], 150, { count: 1, sum: 4 }])
    expect(allSeries(recorder)).toMatchObject({
      'llm_request_duration_seconds{model="gpt-4",endpoint="chat"}': { count: 1, sum: 1 },
      'llm_stream_outcomes_total{model="gpt-4",outcome="complete"}': 1,
    })
  })

  it.each<[string, (call: LlmCall) => void, string]>([
    ['fails', (call) => call.fail(new RangeError('prompt')), 'failed'],
    ['is stopped', (call) => call.abort(), 'aborted'],
    ['is left', (call) => call.end('abandoned'), 'abandoned'],
  ])('ends as it does when it %s', async (_, end, outcome) => {
    const recorder = createTestRecorder()
    const { inner } = await begin(recorder)
    inner.firstOutput()
    end(inner)
    expect(seriesOf(recorder, 'llm_stream_outcomes_total')).toEqual({ [`{model="gpt-4",outcome="${outcome}"}`]: 1 })
    expect(seriesOf(recorder, 'llm_errors_total')).toEqual(
      outcome === 'failed' ? { '{model="gpt-4",error_type="unknown"}': 1 } : {},
    )
    inner.end()
    expect(requests(recorder)).toEqual([1])
  })

  it('is not awaited when the application failed', async () => {
    const recorder = createTestRecorder()
    await expect(
      recorder.withLlmCall(chat, async () => {
        recorder.startLlmCall(details)
        throw new RangeError('prompt')
      }),
    ).rejects.toThrow(RangeError)
    expect(requests(recorder)).toEqual([1])
  })

  it('is joined from within a generator, wherever it is read', async () => {
    const recorder = createTestRecorder()
    const rows = recorder.withLlmCall(chat, async function* () {
      yield 1
      client(recorder)
      yield 2
    })
    for await (const _row of rows);
    expect([requests(recorder), tokens(recorder)]).toEqual([[1], 150])
  })
})
