import { builtinCatalog } from '@quipu/catalog'
import { createRecorder, describeError } from '@quipu/core'
import { createTestRecorder } from '@quipu/testing'
import { expect } from 'vitest'
import { otlpPoints } from './otlp.js'
import { familyOf } from './page.js'
import type { Checks } from './promises.js'

/** T14–T16, T26, T27, T29–T31: model calls, errors, failures, invented names. */
export const trapsCalls: Checks = {
  T14() {
    const tokens = (usage: object) => {
      const recorder = createTestRecorder()
      recorder.withLlmCall({ model: 'gpt-4' }, (call) => call.usage({ ...usage }))
      return (['input', 'output', 'total'] as const).map((type) =>
        recorder.value('llm_tokens_total', { model: 'gpt-4', type }),
      )
    }
    expect(tokens({ inputTokens: 120, outputTokens: 30 })).toEqual([120, 30, 150])
    expect(tokens({ input_tokens: 120, output_tokens: 30 })).toEqual([120, 30, 150])
    expect(tokens({ prompt_tokens: 120, completion_tokens: 30 })).toEqual([120, 30, 150])
    expect(tokens({ input_tokens: 120 })).toEqual([120, 0, 120])
    expect(tokens({ input_tokens: 120, output_tokens: 0 })).toEqual([120, 0, 120])
    expect(tokens({ inputTokens: Number.NaN, outputTokens: -1 })).toEqual([0, 0, 0])
    expect(tokens({ inputTokens: '120', outputTokens: 30 })).toEqual([0, 30, 30])
    const recorder = createTestRecorder()
    recorder.recordLlmTokens('gpt-4', 5, 0)
    expect(recorder.value('llm_tokens_total', { model: 'gpt-4', type: 'total' })).toBe(5)
    // A second report of usage replaces the first.
    const call = recorder.startLlmCall({ model: 'claude-3' })
    call.usage({ inputTokens: 1, outputTokens: 1 })
    call.usage({ inputTokens: 10, outputTokens: 10 })
    call.end()
    expect(recorder.value('llm_tokens_total', { model: 'claude-3', type: 'total' })).toBe(20)
  },
  T15() {
    const counts = (details: object, message = 'no') => {
      const recorder = createTestRecorder()
      recorder.startLlmCall({ model: 'm' }).fail(Object.assign(new Error(message), details))
      const errors = recorder.readings().find(({ name }) => name === 'llm_errors_total')
      return [recorder.value('llm_rate_limits_total', { model: 'm' }) ?? 0, errors?.cells().length ?? 0]
    }
    expect(counts({ status: 429 })).toEqual([1, 0])
    expect(counts({ code: 'rate_limit_exceeded' })).toEqual([1, 0])
    expect(counts({ type: 'rate_limit_error' })).toEqual([1, 0])
    expect(counts({ status: 500 })).toEqual([0, 1])
    // The budget is spent and a retry is useless, so it is an error.
    expect(counts({ status: 429, code: 'insufficient_quota' })).toEqual([0, 1])
    // By code and status, never by text.
    expect(counts({}, 'rate limit reached')).toEqual([0, 1])
  },
  T16() {
    class BadRequestError extends Error {
      readonly status = 400
    }
    expect(describeError(new BadRequestError('the prompt'))).toEqual({
      className: 'BadRequestError',
      type: 'bad_request',
    })
    expect(describeError('text')).toEqual({ className: 'unknown', type: 'unknown' })
    expect(builtinCatalog.metrics.app_errors_total.labels.error_type).toEqual(['client_error', 'server_error'])
    const recorder = createTestRecorder({ strict: false })
    recorder.trackFeatureError('f', Object.assign(new Error('x'), { name: 'a message with spaces' }))
    expect(recorder.value('feature_errors_total', { feature_name: 'f', error_type: 'unknown' })).toBe(1)
    // One failure has one type, in every vocabulary.
    const types = (name: string) =>
      recorder
        .readings()
        .find((one) => one.name === name)
        ?.cells()
        .map((cell) => cell.values)
    const call = recorder.startLlmCall({ model: 'm' })
    call.retried('overloaded_error')
    call.fail(Object.assign(new Error('x'), { status: 529 }))
    expect(types('llm_errors_total')).toEqual([['m', 'overloaded']])
    expect(types('llm_retries_total')).toEqual([['m', 'overloaded']])
    expect(types('gen_ai.client.operation.duration')?.flat()).toContain('overloaded')
    expect(recorder.lines).toEqual(['[METRIC] [unknown] error error_type=overloaded'])
  },
  async T26() {
    const recorder = createTestRecorder()
    const stream = (outcome?: 'abandon') =>
      recorder.trackLlmCall('chat', async function* () {
        yield 'one'
        if (outcome === undefined) yield 'two'
        else yield 'three'
      })()
    for await (const _ of stream()) void _
    expect(recorder.lines).toHaveLength(1)
    for await (const _ of stream('abandon')) break
    expect(recorder.lines).toHaveLength(2)
    const call = recorder.startLlmCall({ model: 'm' })
    call.firstOutput()
    call.end('abandoned')
    call.end()
    call.fail(new Error('late'))
    expect(recorder.lines).toHaveLength(3)
    expect(recorder.value('llm_stream_outcomes_total', { model: 'm', outcome: 'abandoned' })).toBe(1)
    const retried = recorder.startLlmCall({ model: 'm' })
    retried.retried('rate_limit')
    retried.retried('rate_limit')
    retried.end()
    expect(recorder.value('llm_requests_total', { model: 'm', endpoint: 'chat' })).toBe(2)
    expect(recorder.lines.every((line) => line.includes(' llm_call '))).toBe(true)
  },
  async T27() {
    const hostile: readonly unknown[] = [
      undefined,
      null,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      -1,
      10n,
      Symbol('s'),
      () => 'f',
      'x'.repeat(1_000_000),
      '__proto__',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('get')
          },
          ownKeys: () => {
            throw new Error('keys')
          },
        },
      ),
      Object.defineProperty({}, 'model', {
        enumerable: true,
        get: () => {
          throw new Error('getter')
        },
      }),
      {
        toString: () => {
          throw new Error('toString')
        },
      },
    ]
    const recorder = createRecorder({
      activityLog: true,
      clock: {
        monotonicMs: () => {
          throw new Error('clock')
        },
        unixMs: () => {
          throw new Error('clock')
        },
      },
    })
    recorder.onActivity(() => {
      throw new Error('sink')
    })
    let calls = 0
    const thrown = new Set<string>()
    const attempt = (name: string, value: unknown, fn: () => unknown): void => {
      calls++
      try {
        fn()
      } catch {
        thrown.add(`${name}(${nameOf(value)})`)
      }
    }
    for (const value of hostile) {
      for (const [name, helper] of Object.entries(recorder)) {
        if (typeof helper !== 'function' || notRecording.has(name)) continue
        const call: (...args: unknown[]) => unknown = helper
        // A helper does not change the function that it runs.
        const args = name.startsWith('with') ? [value, () => 'result', value] : [value, value, value]
        attempt(name, value, () => call(...args))
      }
      for (const [name, instrument] of Object.entries(recorder.metrics)) {
        for (const key of ['add', 'set', 'record', 'with', 'remove']) {
          const method: unknown = Reflect.get(instrument, key)
          if (typeof method !== 'function') continue
          attempt(`${name}.${key}`, value, () => Reflect.apply(method, instrument, [value, value]))
          attempt(`${name}.${key}`, value, () => Reflect.apply(method, instrument, [1, { model: value }]))
        }
      }
    }
    expect([...thrown]).toEqual([])
    expect(calls).toBeGreaterThan(5000)
    expect(recorder.withFeature('f', () => 42)).toBe(42)
    // The listener throws; the error is counted and does not reach the caller.
    recorder.trackError('timeout')
    const points = await otlpPoints(recorder)
    const numbers = points.map(({ value }) => (typeof value === 'number' ? value : 0))
    expect(numbers.every(Number.isFinite)).toBe(true)
    expect(points.filter(({ name }) => name === 'quipu_guard_catches_total')).not.toEqual([])
  },
  async T29() {
    const recorder = createRecorder()
    for (let i = 0; i < 3000; i++) {
      recorder.withToolCall(`made_up_${i}`, () => undefined)
      recorder.recordMetric('user_action', 1, { action_type: 'message', profile_name: `profile ${i}` })
      recorder.recordMetric('model_usage', 1, { model_id: `model-${i}` })
    }
    // Allow-listed values keep their series after a flood.
    recorder.recordMetric('user_action', 1, { action_type: 'stop', profile_name: 'none' })
    for (const name of ['aki_tool_usage_total', 'aki_user_action_total', 'aki_model_usage_total']) {
      const { samples } = await familyOf(recorder, name)
      expect(samples.length).toBeLessThanOrEqual(502)
      const all = samples.reduce((sum, { value }) => sum + value, 0)
      expect(all).toBe(name === 'aki_user_action_total' ? 3001 : 3000)
    }
    const { samples } = await familyOf(recorder, 'aki_user_action_total')
    expect(samples.map(({ labels }) => labels)).toContainEqual({ action_type: 'stop', profile_name: 'none' })
  },
  async T30() {
    const recorder = createTestRecorder()
    recorder.metrics.execution_time.record(599_000, { model_id: 'm' })
    const { samples } = await familyOf(recorder, 'aki_execution_time_milliseconds')
    const bounds = samples.filter(({ name }) => name.endsWith('_bucket')).map(({ labels }) => Number(labels.le))
    expect(bounds.filter(Number.isFinite).at(-1)).toBe(600_000)
    expect((await otlpPoints(recorder)).find(({ name }) => name === 'execution_time')?.unit).toBe('ms')
    // UCUM: annotations in braces, no `Count`, and no unit that adds `_ratio` to a gauge.
    const ucum = /^(?:s|ms|By|\{[A-Za-z_]+\})$/
    // The standard page has the units of its conventions.
    const documented = createTestRecorder({ standard: [] }).readings()
    for (const { name, spec } of documented) if (spec.unit !== undefined) expect(spec.unit, name).toMatch(ucum)
    expect(documented.filter(({ prometheusName }) => prometheusName.endsWith('_ratio'))).toEqual([])
  },
  T31() {
    const recorder = createTestRecorder()
    const timed = (latencyMs: number | undefined) => {
      const call = recorder.startLlmCall({ model: `m${latencyMs}` })
      recorder.clock.advanceMs(812)
      call.response({ latencyMs })
      call.end()
      return recorder.value('execution_time', { model_id: `m${latencyMs}` })
    }
    expect(timed(700)).toMatchObject({ count: 1, sum: 700 })
    expect(timed(undefined)).toMatchObject({ count: 1, sum: 812 })
    expect(timed(0)).toMatchObject({ count: 1, sum: 812 })
  },
}

/** Functions that configure a recorder, or wrap a function at load time, may throw; all others never do. */
const notRecording = new Set([
  'configure',
  'extend',
  'attach',
  'producer',
  'onActivity',
  'onCollect',
  'guard',
  'drop',
  'readings',
  'trackFeature',
  'trackFeatureAsync',
  'trackLlmCall',
])

function nameOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'hostile object' : String(value).slice(0, 20)
}
