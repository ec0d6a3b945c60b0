import { createTestRecorder } from '@quipu/testing'
import { describe, expect, it } from 'vitest'
import { allSeries, type Held, seriesOf } from '../../../store/fixtures/all-series.js'
import type { LlmCall } from '../index.js'

const chat = { model: 'gpt-4', endpoint: 'chat' } as const
const tokens = (recorder: Parameters<typeof seriesOf>[0]) => {
  const held = seriesOf(recorder, 'llm_tokens_total')
  return ['input', 'output', 'total'].map((type) => held[`{model="gpt-4",type="${type}"}`])
}
const bytes = (recorder: Parameters<typeof seriesOf>[0]) =>
  seriesOf(recorder, 'llm_completion_size_bytes')['{model="gpt-4"}']

describe('a result is read by its shape', () => {
  const usage = { prompt_tokens: 120, completion_tokens: 30 }
  const input = { input_tokens: 120, output_tokens: 30 }
  it.each<[string, unknown, number | undefined, string]>([
    ['SecureTrack’s', { success: true, content: 'Hé!', usage: input }, 4, 'llm_call model=gpt-4'],
    ['(thinking, answer, metadata)', ['hmm', 'Hé!', { success: true, usage: input }], 7, 'llm_call model=gpt-4'],
    ['(thinking, answer, counts)', ['hmm', 'Hé!', input], 7, 'llm_call model=gpt-4'],
    [
      'OpenAI’s',
      { model: 'gpt-4-0613', choices: [{ message: { content: 'Hé!', tool_calls: null } }], usage },
      4,
      'llm_call model=gpt-4',
    ],
    [
      'OpenAI’s with tools',
      { choices: [{ message: { content: null, tool_calls: [{}, {}] } }], usage },
      undefined,
      'llm_call model=gpt-4 tool_count=2',
    ],
    ['OpenAI’s response', { output_text: 'Hé!', output: [], usage: input }, 4, 'llm_call model=gpt-4'],
    [
      'Anthropic’s',
      {
        content: [
          { type: 'text', text: 'Hé!' },
          { type: 'tool_use', name: 'x', input: {} },
        ],
        usage: input,
      },
      4,
      'llm_call model=gpt-4 tool_count=1',
    ],
    [
      'Google’s',
      { text: 'Hé!', usageMetadata: { promptTokenCount: 120, candidatesTokenCount: 30 } },
      4,
      'llm_call model=gpt-4',
    ],
    [
      'Ollama’s',
      { message: { role: 'assistant', content: 'Hé!' }, prompt_eval_count: 120, eval_count: 30 },
      4,
      'llm_call model=gpt-4',
    ],
    ['LangChain’s', { content: 'Hé!', usage_metadata: input }, 4, 'llm_call model=gpt-4'],
    ['a page with a next one', { text: 'Hé!', next: 'https://example.com/2', usage: input }, 4, 'llm_call model=gpt-4'],
  ])('%s', async (_, result, size, line) => {
    const recorder = createTestRecorder()
    expect(await recorder.withLlmCall(chat, async () => result)).toBe(result)
    expect(tokens(recorder)).toEqual([120, 30, 150])
    expect(bytes(recorder)).toEqual(size === undefined ? undefined : { count: 1, sum: size })
    expect(recorder.lines).toEqual([`[METRIC] [unknown] ${line}`])
  })

  it.each<[string, unknown, Record<string, Held>, string]>([
    [
      'in words',
      { success: false, error: 'prompt', error_type: 'API timeout', content: 'prompt' },
      { 'llm_errors_total{model="gpt-4",error_type="timeout"}': 1 },
      'timeout',
    ],
    [
      'by a word of the list',
      { success: false, error_type: 'timeout' },
      { 'llm_errors_total{model="gpt-4",error_type="timeout"}': 1 },
      'timeout',
    ],
    ['by no word', { success: false }, { 'llm_errors_total{model="gpt-4",error_type="unknown"}': 1 }, 'unknown'],
    [
      'by a rate limit',
      { success: false, error_type: 'rate limit', content: 'prompt' },
      { 'llm_rate_limits_total{model="gpt-4"}': 1 },
      'rate_limit',
    ],
    [
      'by its status',
      { success: false, error_type: 'ProviderError', status: 429 },
      { 'llm_rate_limits_total{model="gpt-4"}': 1 },
      'rate_limit',
    ],
    [
      'in metadata',
      ['', 'prompt', { success: false, error_type: 'ValueError' }],
      { 'llm_errors_total{model="gpt-4",error_type="unknown"}': 1 },
      'unknown',
    ],
  ])('a failure that is returned %s is one', (_, result, failure, errorType) => {
    const recorder = createTestRecorder()
    expect(recorder.withLlmCall(chat, () => result)).toBe(result)
    const series = Object.fromEntries(
      Object.entries(allSeries(recorder)).filter(([name]) => /^llm_(errors|rate|completion)/.test(name)),
    )
    expect(series).toEqual(failure)
    expect(recorder.lines).toEqual([`[METRIC] [unknown] error error_type=${errorType}`])
  })

  it('its getters are not called, because one could read a stream', () => {
    const recorder = createTestRecorder()
    let asked = 0
    const ask = () => ++asked
    const result = Object.defineProperties(
      {},
      Object.fromEntries(
        ['usage', 'text', 'content', 'model', 'success'].map((name) => [name, { get: ask, enumerable: true }]),
      ),
    )
    recorder.withLlmCall(chat, () => result)
    expect(asked).toBe(0)
  })

  it('of an unknown shape still ends the call', () => {
    for (const result of [undefined, null, 7, Symbol('x'), [], {}, [Symbol('x')], () => 1]) {
      const recorder = createTestRecorder()
      expect(recorder.withLlmCall(chat, () => result)).toBe(result)
      expect(seriesOf(recorder, 'llm_usage_missing_total')).toEqual({ '{model="gpt-4",reason="not_reported"}': 1 })
    }
  })
})

describe('values that the function reports', () => {
  it('are not read from its result, but the others are', () => {
    const recorder = createTestRecorder()
    recorder.withLlmCall(chat, (call) => {
      call.usage({ inputTokens: 120, outputTokens: 30 })
      return { content: 'Hé!', usage: { input_tokens: 1, output_tokens: 1 } }
    })
    expect(tokens(recorder)).toEqual([120, 30, 150])
    expect(bytes(recorder)).toEqual({ count: 1, sum: 4 })
  })

  it('include the size', () => {
    const recorder = createTestRecorder()
    recorder.withLlmCall(chat, (call) => {
      call.output('')
      return { content: 'Hé!', usage: { input_tokens: 120, output_tokens: 30 } }
    })
    expect(tokens(recorder)).toEqual([120, 30, 150])
    expect(bytes(recorder)).toEqual({ count: 1, sum: 0 })
  })
})

describe('any result or error', () => {
  it('the same error is thrown, and its message appears nowhere', async () => {
    const recorder = createTestRecorder()
    const failure = Object.assign(new Error('prompt text'), { name: 'APITimeoutError', code: 'ETIMEDOUT' })
    await expect(
      recorder.withLlmCall(chat, async () => {
        throw failure
      }),
    ).rejects.toBe(failure)
    expect(seriesOf(recorder, 'llm_errors_total')).toEqual({ '{model="gpt-4",error_type="timeout"}': 1 })
    expect(recorder.lines).toEqual(['[METRIC] [unknown] error error_type=timeout'])
  })

  it('a stream that is read through a generator is one call until it ends', async () => {
    const recorder = createTestRecorder()
    const stream = recorder.withLlmCall(chat, async function* (call: LlmCall) {
      for (const text of ['Hé', '!']) {
        call.firstOutput()
        call.output(text)
        recorder.clock.advanceMs(500)
        yield text
      }
      call.usage({ inputTokens: 120, outputTokens: 30 })
    })
    expect(allSeries(recorder)).toEqual({})
    const seen: string[] = []
    for await (const text of stream) seen.push(text)
    expect(seen).toEqual(['Hé', '!'])
    expect([tokens(recorder), bytes(recorder)]).toEqual([[120, 30, 150], { count: 1, sum: 4 }])
    expect(seriesOf(recorder, 'llm_request_duration_seconds')).toEqual({
      '{model="gpt-4",endpoint="chat"}': { count: 1, sum: 1 },
    })
  })

  it('a lazy promise of a client stays one', async () => {
    class ApiPromise<T> extends Promise<T> {
      asResponse() {
        return 200
      }
    }
    const recorder = createTestRecorder()
    const result = recorder.withLlmCall(
      chat,
      () =>
        ApiPromise.resolve({ content: 'Hé!', usage: { input_tokens: 120, output_tokens: 30 } }) as ApiPromise<object>,
    )
    expect(result.asResponse()).toBe(200)
    await result
    expect(tokens(recorder)).toEqual([120, 30, 150])
  })
})

describe('a decorated service', () => {
  const service = (recorder: ReturnType<typeof createTestRecorder>, model: string | undefined) => {
    const track = recorder.trackLlmCall
    class LLMService {
      model = model
      provider = 'openai'
      @track('generate_response')
      async generateResponse({ prompt }: { prompt: string; messages?: unknown[]; model?: string }) {
        return { content: prompt, usage: { input_tokens: 120, output_tokens: 30 } }
      }
    }
    return new LLMService()
  }

  it('gets its details from its object and its arguments', async () => {
    const recorder = createTestRecorder()
    await service(recorder, 'gpt-4').generateResponse({ prompt: 'Hi', messages: [1, 2, 3] })
    expect(seriesOf(recorder, 'llm_requests_total')).toEqual({ '{model="gpt-4",endpoint="generate_response"}': 1 })
    expect(tokens(recorder)).toEqual([120, 30, 150])
    expect(recorder.lines).toEqual(['[METRIC] [unknown] llm_call model=gpt-4 message_count=3'])
  })

  it('without a model uses the one of its arguments', async () => {
    const recorder = createTestRecorder()
    await service(recorder, undefined).generateResponse({ prompt: 'Hi', model: 'gpt-5' })
    await service(recorder, undefined).generateResponse({ prompt: 'Hi' })
    expect(Object.keys(seriesOf(recorder, 'llm_requests_total'))).toEqual([
      '{model="gpt-5",endpoint="generate_response"}',
      '{model="unknown",endpoint="generate_response"}',
    ])
  })

  it('can be a function without a class', async () => {
    const recorder = createTestRecorder()
    const ask = recorder.trackLlmCall('ask', async (text: string) => text.toUpperCase())
    expect(await ask('hé!')).toBe('HÉ!')
    expect(seriesOf(recorder, 'llm_completion_size_bytes')).toEqual({ '{model="unknown"}': { count: 1, sum: 4 } })
  })

  it('with throwing getters is still called', () => {
    const recorder = createTestRecorder({ strict: false })
    const holder = {
      get model(): string {
        throw new Error('hostile')
      },
      ask: recorder.trackLlmCall('ask', () => 'answer'),
    }
    expect(holder.ask()).toBe('answer')
    expect(seriesOf(recorder, 'llm_requests_total')).toEqual({ '{model="unknown",endpoint="ask"}': 1 })
  })
})
