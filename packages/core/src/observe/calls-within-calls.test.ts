import { createTestRecorder } from '@quipu/testing'
import { describe, expect, it } from 'vitest'
import { allSeries, seriesOf } from '../../../store/fixtures/all-series.js'
import { bytes, chat, client, details, requests, tokens, usage } from '../../fixtures/client-call.js'
import type { Recorder } from '../index.js'

it('a client without an outer call is counted', () => {
  const recorder = createTestRecorder()
  client(recorder)
  expect(seriesOf(recorder, 'llm_requests_total')).toEqual({ '{model="gpt-4",endpoint="chat"}': 1 })
  expect([tokens(recorder), bytes(recorder)]).toEqual([150, { count: 1, sum: 4 }])
})

describe('a client within an application’s call', () => {
  it('is counted with it, once, although the result repeats its values', async () => {
    const recorder = createTestRecorder()
    await recorder.withLlmCall(chat, async () => client(recorder))
    expect([requests(recorder), tokens(recorder), bytes(recorder)]).toEqual([[1], 150, { count: 1, sum: 4 }])
    expect(seriesOf(recorder, 'llm_rate_limits_total')).toEqual({})
    expect(recorder.lines).toEqual(['[METRIC] [unknown] llm_call model=gpt-4 tool_count=1'])
    expect(Object.keys(seriesOf(recorder, 'gen_ai.client.operation.duration'))[0]).toContain(
      'server.address="api.openai.com"',
    )
  })

  it('is counted with a started call that runs it', async () => {
    const recorder = createTestRecorder()
    const call = recorder.startLlmCall(chat)
    expect(call.run(() => client(recorder))).toEqual(client(createTestRecorder()))
    call.end()
    expect([requests(recorder), tokens(recorder), bytes(recorder)]).toEqual([[1], 150, { count: 1, sum: 4 }])
  })

  it('of an agent is counted by itself, and for the agent', () => {
    const recorder = createTestRecorder()
    const agent = recorder.startLlmCall({ operation: 'invoke_agent', name: 'planner' })
    agent.run(() => client(recorder))
    agent.end()
    expect(requests(recorder)).toEqual([1])
    expect(Object.values(seriesOf(recorder, 'gen_ai.invoke_agent.inference_calls'))).toMatchObject([{ sum: 1 }])
  })

  it('several clients are added', async () => {
    const recorder = createTestRecorder()
    await recorder.withLlmCall(chat, async () => {
      client(recorder)
      return client(recorder)
    })
    expect([requests(recorder), tokens(recorder), bytes(recorder)]).toEqual([[1], 300, { count: 1, sum: 8 }])
    expect(recorder.lines).toEqual(['[METRIC] [unknown] llm_call model=gpt-4 tool_count=2'])
  })

  it('yields to the values that the application reports', async () => {
    const recorder = createTestRecorder()
    await recorder.withLlmCall({ ...chat, provider: 'proxy' }, async (call) => {
      call.output('Hé')
      call.usage({ inputTokens: 10, outputTokens: 1 })
      call.toolCalls(7)
      return client(recorder)
    })
    expect([tokens(recorder), bytes(recorder)]).toEqual([11, { count: 1, sum: 3 }])
    expect(recorder.lines).toEqual(['[METRIC] [unknown] llm_call model=gpt-4 tool_count=7'])
    expect(Object.keys(seriesOf(recorder, 'gen_ai.client.operation.duration'))[0]).toContain('provider.name="proxy"')
  })

  it('provides the model if the application does not', async () => {
    const recorder = createTestRecorder()
    await recorder.withLlmCall({ endpoint: 'chat' }, async () => client(recorder))
    expect(seriesOf(recorder, 'llm_requests_total')).toEqual({ '{model="gpt-4",endpoint="chat"}': 1 })
  })

  it('reports its retries and its response', async () => {
    const recorder = createTestRecorder()
    await recorder.withLlmCall(chat, async () =>
      client(recorder, 'Hé!', (call) => {
        call.retried('rate_limit')
        call.response({ model: 'gpt-4-0613', latencyMs: 812 })
        call.describe({ serverPort: 443 })
      }),
    )
    const series = allSeries(recorder)
    expect(series).toMatchObject({
      'llm_retries_total{model="gpt-4",reason="rate_limit"}': 1,
      'execution_time{model_id="gpt-4"}': { count: 1, sum: 812 },
    })
    expect(Object.keys(seriesOf(recorder, 'gen_ai.client.operation.duration'))[0]).toContain('server.port="443"')
  })

  it('that fails leaves the outcome to the application', async () => {
    const recorder = createTestRecorder()
    const failure = Object.assign(new Error('prompt'), { name: 'RateLimitError', status: 429 })
    const failing = () => {
      const call = recorder.startLlmCall(details)
      call.fail(failure)
      throw failure
    }
    await recorder.withLlmCall(chat, async () => {
      try {
        failing()
      } catch {
        return client(recorder)
      }
    })
    expect([requests(recorder), tokens(recorder)]).toEqual([[1], 150])
    expect(seriesOf(recorder, 'llm_rate_limits_total')).toEqual({})
    expect(() => recorder.withLlmCall(chat, failing)).toThrow(failure)
    expect(seriesOf(recorder, 'llm_rate_limits_total')).toEqual({ '{model="gpt-4"}': 1 })
    expect(seriesOf(recorder, 'llm_errors_total')).toEqual({})
  })

  it.each<[string, object, string]>([
    ['shows less than its own', {}, 'rate_limit'],
    ['shows no more than that there was no answer', { headers: undefined, requestID: undefined }, 'rate_limit'],
    ['shows more', { status: 401 }, 'authentication'],
  ])('fails the outer call by its own error type where the error that arrives %s', async (_, details, type) => {
    const recorder = createTestRecorder({ strict: false })
    const wrapped = Object.assign(new Error('prompt'), details)
    const failing = async () => {
      recorder.startLlmCall({ model: 'gpt-4' }).fail({ status: 429 })
      throw wrapped
    }
    await expect(recorder.withLlmCall(chat, failing)).rejects.toBe(wrapped)
    expect(recorder.lines).toEqual([`[METRIC] [unknown] error error_type=${type}`])
  })

  it('that was stopped stops the outer call, with any error', async () => {
    const recorder = createTestRecorder()
    const failing = async () => {
      recorder.startLlmCall({ model: 'gpt-4' }).abort()
      throw new Error('a client’s own class')
    }
    await expect(recorder.withLlmCall(chat, failing)).rejects.toThrow()
    expect(recorder.lines).toEqual(['[METRIC] [unknown] llm_call model=gpt-4'])
  })

  it('of another recorder is counted separately', async () => {
    const [recorder, other] = [createTestRecorder(), createTestRecorder()]
    await recorder.withLlmCall(chat, async () => client(other))
    expect([requests(recorder), requests(other)]).toEqual([[1], [1]])
  })

  it('with another wrapper of the same recorder belongs to that recorder', async () => {
    const recorder = createTestRecorder()
    const seenThroughPrototype: Recorder = Object.create(recorder)
    await recorder.withLlmCall(chat, async () => client(seenThroughPrototype))
    expect(requests(recorder)).toEqual([1])
  })

  it('reports the pieces of its stream, and not the times between them', async () => {
    const recorder = createTestRecorder()
    await recorder.withLlmCall(chat, async () => {
      const call = recorder.startLlmCall(details)
      for (let i = 0; i < 2; i++) {
        recorder.clock.advanceMs(100)
        call.chunk()
      }
      call.usage({})
      call.end()
    })
    const series = allSeries(recorder)
    const names = Object.keys(series).join()
    expect(names).toContain('gen_ai.client.operation.time_to_first_chunk')
    expect(names).not.toContain('time_per_output_chunk')
    expect(series).toMatchObject({
      'llm_stream_outcomes_total{model="gpt-4",outcome="complete"}': 1,
      'llm_usage_missing_total{model="gpt-4",reason="invalid"}': 1,
    })
  })

  it('that started before is not a part of it', async () => {
    const recorder = createTestRecorder()
    const call = recorder.startLlmCall(details)
    await recorder.withLlmCall(chat, async () => call.end())
    expect(requests(recorder)).toEqual([2])
  })
})

describe('an application’s call within another', () => {
  const answer = { content: 'Hé!', usage }
  const helper = (recorder: Recorder, options = {}) =>
    recorder.withLlmCall({ model: 'gpt-4', endpoint: 'helper', ...options }, async () => answer)

  it('is the same call, counted once and under the names of the outer one', async () => {
    const recorder = createTestRecorder()
    const ask = recorder.trackLlmCall('generate_response', () => helper(recorder))
    expect(await recorder.withUser('user@example.com', () => recorder.withLlmCall(chat, ask))).toBe(answer)
    expect(seriesOf(recorder, 'llm_requests_total')).toEqual({ '{model="gpt-4",endpoint="chat"}': 1 })
    expect([tokens(recorder), bytes(recorder)]).toEqual([150, { count: 1, sum: 4 }])
    expect(recorder.lines).toEqual(['[METRIC] [user@example.com] llm_call model=gpt-4'])
  })

  it('with an instrumented client is still one', async () => {
    const recorder = createTestRecorder()
    await recorder.withLlmCall(chat, () => recorder.withLlmCall(chat, async () => client(recorder)))
    expect([requests(recorder), tokens(recorder), bytes(recorder)]).toEqual([[1], 150, { count: 1, sum: 4 }])
  })

  it('several inner calls are added', async () => {
    const recorder = createTestRecorder()
    await recorder.withLlmCall(chat, async () => {
      await helper(recorder)
      await helper(recorder)
    })
    expect([requests(recorder), tokens(recorder)]).toEqual([[1], 300])
  })

  it('that is retried is one call, with the outcome of the last attempt', async () => {
    const recorder = createTestRecorder()
    const limited = Object.assign(new Error('prompt'), { name: 'RateLimitError', status: 429 })
    await recorder.withLlmCall(chat, async () => {
      for (let i = 0; i < 2; i++) {
        await expect(recorder.withLlmCall(chat, async () => Promise.reject(limited))).rejects.toBe(limited)
      }
      return helper(recorder)
    })
    expect([requests(recorder), tokens(recorder)]).toEqual([[1], 150])
    expect(seriesOf(recorder, 'llm_rate_limits_total')).toEqual({})
    expect(seriesOf(recorder, 'llm_errors_total')).toEqual({})
  })

  it('that fails fails the outer one, once', async () => {
    const recorder = createTestRecorder()
    const failing = () =>
      recorder.withLlmCall(chat, async () => {
        throw new RangeError('prompt')
      })
    await expect(recorder.withLlmCall(chat, failing)).rejects.toThrow(RangeError)
    expect(requests(recorder)).toEqual([1])
    expect(seriesOf(recorder, 'llm_errors_total')).toEqual({ '{model="gpt-4",error_type="unknown"}': 1 })
    expect(recorder.lines).toEqual(['[METRIC] [unknown] error error_type=unknown'])
  })

  it('of another operation is a separate call', async () => {
    const recorder = createTestRecorder()
    await recorder.withLlmCall({ ...chat, operation: 'chat' }, () => helper(recorder, { operation: 'embeddings' }))
    expect(seriesOf(recorder, 'llm_requests_total')).toEqual({
      '{model="gpt-4",endpoint="helper"}': 1,
      '{model="gpt-4",endpoint="chat"}': 1,
    })
  })

  it('within an agent is counted by the innermost run, with the tools that it ran', async () => {
    const recorder = createTestRecorder()
    const agent = (name: string, fn: () => unknown) =>
      recorder.withLlmCall({ operation: 'invoke_agent', name }, async () => fn())
    await agent('outer', async () => {
      await helper(recorder)
      await recorder.withToolCall('search', () =>
        agent('inner', () => recorder.withLlmCall(chat, () => client(recorder))),
      )
      await recorder.withToolCall('search', () => helper(recorder))
    })
    await agent('remote', () => answer)
    expect(allSeries(recorder)).toMatchObject({
      'gen_ai.invoke_agent.inference_calls{gen_ai.agent.name="outer"}': { count: 1, sum: 2 },
      'gen_ai.invoke_agent.tool_calls{gen_ai.agent.name="outer"}': { count: 1, sum: 2 },
      'gen_ai.invoke_agent.inference_calls{gen_ai.agent.name="inner"}': { count: 1, sum: 1 },
      'gen_ai.invoke_agent.tool_calls{gen_ai.agent.name="inner"}': { count: 1, sum: 0 },
    })
    expect(Object.keys(seriesOf(recorder, 'gen_ai.invoke_agent.inference_calls'))).toHaveLength(2)
    expect(Object.keys(seriesOf(recorder, 'gen_ai.invoke_agent.duration'))).toHaveLength(3)
  })

  it('within an agent is counted, and only the duration of the agent is recorded', async () => {
    const recorder = createTestRecorder()
    recorder.configure({ genAiProfiles: ['1.41', 'next'] })
    await recorder.withLlmCall({ model: 'gpt-4', endpoint: 'agent', operation: 'invoke_agent' }, async () => {
      await helper(recorder)
      client(recorder)
      recorder.clock.advanceMs(1000)
      return answer
    })
    expect(seriesOf(recorder, 'llm_requests_total')).toEqual({
      '{model="gpt-4",endpoint="helper"}': 1,
      '{model="gpt-4",endpoint="chat"}': 1,
    })
    expect(tokens(recorder)).toBe(300)
    expect(recorder.lines).toHaveLength(2)
    expect(seriesOf(recorder, 'gen_ai.invoke_agent.duration')).toEqual({
      '{gen_ai.request.model="gpt-4"}': { count: 1, sum: 1 },
    })
  })

  it('of a tool is not a part of the call that requested the tool', async () => {
    const recorder = createTestRecorder()
    await recorder.withLlmCall(chat, () => recorder.withToolCall('summarise', () => helper(recorder)))
    expect(seriesOf(recorder, 'llm_requests_total')).toEqual({
      '{model="gpt-4",endpoint="helper"}': 1,
      '{model="gpt-4",endpoint="chat"}': 1,
    })
  })
})
