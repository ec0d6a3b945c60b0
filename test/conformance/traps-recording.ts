import { userInfo } from 'node:os'
import { join } from 'node:path'
import { builtinCatalog, defineMetrics, type MetricSpec, mergeCatalogs } from '@quipu/catalog'
import { createRecorder, defaultRecorder, UsageMetrics } from '@quipu/core'
import { renderPage } from '@quipu/prometheus'
import { createTestRecorder } from '@quipu/testing'
import { expect } from 'vitest'
import { modeOf } from './aki.js'
import { otlpOf, otlpPoints } from './otlp.js'
import { familyOf, pageOf, valuesOf } from './page.js'
import type { Checks } from './promises.js'
import { withEnvironment, withFolder, withFreshProcess } from './test-environment.js'

const collision = expect.objectContaining({ code: 'QUIPU_CATALOG_NAME_COLLISION' })

/** T1–T8, T10, T11: names, people, bounds, timers, sessions. */
export const trapsRecording: Checks = {
  async T1() {
    const recorder = createTestRecorder()
    recorder.trackUserAction('message')
    new UsageMetrics({ recorder }).recordUserAction('message')
    expect(await valuesOf(recorder, 'user_action_total')).toEqual({ 'user_action_total{action_type="message"}': 1 })
    expect(await valuesOf(recorder, 'aki_user_action_total')).toEqual({
      'aki_user_action_total{action_type="message",profile_name="none"}': 1,
    })
    const families = await pageOf(recorder)
    expect(new Set(families.map(({ name }) => name.toLowerCase())).size).toBe(families.length)
    const counter = { kind: 'counter', help: 'x' } as const satisfies MetricSpec
    expect(() => defineMetrics({ user_action_total: counter })).toThrow(collision)
    expect(() => defineMetrics({ User_Action_Total: counter })).toThrow(collision)
    expect(() => mergeCatalogs(defineMetrics({ a_b: counter }), defineMetrics({ a_b_total: counter }))).toThrow(
      collision,
    )
    const own = { metrics: { feature_usage: counter }, events: {} }
    expect(() => createRecorder({ catalog: own })).toThrow(collision)
  },
  async T2() {
    const recorder = createTestRecorder()
    const call = recorder.startLlmCall({ model: 'gpt-4', endpoint: 'chat', provider: 'openai', messageCount: 5 })
    call.retried('rate_limit')
    call.usage({ inputTokens: 120, outputTokens: 30 })
    call.end()
    expect(Object.values(await valuesOf(recorder, 'llm_requests_total'))).toEqual([1])
    expect(Object.values(await valuesOf(recorder, 'aki_model_usage_total'))).toEqual([1])
    expect(await otlpOf(recorder, 'gen_ai.client.operation.duration')).toMatchObject([{ value: { count: 1 } }])
    expect(await otlpOf(recorder, 'gen_ai.client.token.usage')).toMatchObject([
      { attributes: { 'gen_ai.token.type': 'input' }, value: { sum: 120 } },
      { attributes: { 'gen_ai.token.type': 'output' }, value: { sum: 30 } },
    ])
    expect(recorder.lines).toEqual(['[METRIC] [unknown] llm_call model=gpt-4 message_count=5'])
    // An inner, instrumented client adds to the open call instead of counting another one.
    recorder.withLlmCall({ model: 'gpt-4', endpoint: 'chat' }, () => {
      const inner = recorder.startLlmCall({ model: 'gpt-4-0613', endpoint: 'chat' })
      inner.usage({ prompt_tokens: 10, completion_tokens: 1 })
      inner.end()
    })
    expect(await valuesOf(recorder, 'llm_requests_total')).toEqual({
      'llm_requests_total{model="gpt-4",endpoint="chat"}': 2,
    })
    expect(recorder.value('llm_tokens_total', { model: 'gpt-4', type: 'total' })).toBe(161)
    // The recorded vocabularies are configured.
    const one = createTestRecorder({ vocabularies: ['securetrack'] })
    one.withLlmCall({ model: 'gpt-4' }, () => 'answer')
    expect(new Set((await otlpPoints(one)).map(({ scope }) => scope))).toEqual(
      new Set([
        'quipu.securetrack',
        ...(await otlpPoints(createTestRecorder({ vocabularies: [] }))).map((p) => p.scope),
      ]),
    )
    expect(one.lines).toEqual([])
  },
  async T3() {
    const recorder = createTestRecorder()
    recorder.recordLlmCompletionSize('gpt-4', 100)
    recorder.recordLlmCompletionSize('gpt-4', 50)
    const { type, samples } = await familyOf(recorder, 'llm_completion_size_bytes')
    expect(type).toBe('summary')
    expect(samples.map(({ name, value }) => [name, value])).toEqual([
      ['llm_completion_size_bytes_sum', 150],
      ['llm_completion_size_bytes_count', 2],
    ])
    expect(await otlpOf(recorder, 'llm_completion_size_bytes')).toMatchObject([
      { unit: 'By', value: { count: 2, sum: 150, buckets: { boundaries: [], counts: [2] } } },
    ])
  },
  T4: () =>
    withFolder((folder) =>
      withEnvironment(
        { HOME: folder, USER: 'ana-the-user', LOGNAME: 'ana-the-user', QUIPU_STATE_DIR: undefined },
        async () => {
          const recorder = createTestRecorder()
          new UsageMetrics({ recorder }).recordActiveUser()
          expect(modeOf(join(folder, '.quipu', 'installation-id'))).toBe(0o600)
          expect(modeOf(join(folder, '.quipu'))).toBe(0o700)
          const all = `${JSON.stringify(await otlpPoints(recorder))}${await renderPage(recorder)}`
          expect(all).not.toContain('ana-the-user')
          expect(all).not.toContain(userInfo().homedir)
          // The next start of the same installation is the same user.
          const later = createTestRecorder()
          new UsageMetrics({ recorder: later }).recordActiveUser()
          const idOf = async (of: typeof recorder) => (await otlpOf(of, 'active_user'))[0]?.attributes.user_id
          expect(await idOf(later)).toBe(await idOf(recorder))
        },
      ),
    ),
  T5: () =>
    withFolder(async (folder) => {
      const recorder = createTestRecorder()
      const usage = new UsageMetrics({ recorder, idFile: join(folder, 'id') })
      usage.recordActiveUser()
      usage.resetUserId()
      usage.recordActiveUser()
      expect(await otlpOf(recorder, 'active_user')).toHaveLength(2)
      expect((await pageOf(recorder)).map(({ name }) => name)).not.toContain('active_user_total')
      expect(await valuesOf(recorder, 'aki_active_users')).toEqual({ aki_active_users: 2 })
      expect(await familyOf(recorder, 'aki_active_users')).toMatchObject({ type: 'gauge' })
      for (const name of ['aki_active_user', 'aki_active_users']) expect(await otlpOf(recorder, name)).toEqual([])
    }),
  T6: () =>
    withFolder(async (folder) => {
      const off = { HOME: folder, QUIPU_STATE_DIR: undefined }
      await withEnvironment({ ...off, DO_NOT_TRACK: '1' }, () =>
        withFreshProcess(() => {
          expect(defaultRecorder().records('aki')).toBe(false)
          expect(defaultRecorder().records('securetrack')).toBe(true)
        }),
      )
      await withEnvironment({ ...off, OTEL_SDK_DISABLED: 'true', FEATURE_METRICS_LOGGING_ENABLED: 'true' }, () =>
        withFreshProcess(async () => {
          const recorder = defaultRecorder()
          const events: unknown[] = []
          recorder.onActivity((event) => events.push(event))
          recorder.trackUserLogin()
          recorder.logMetric('tool_call', 'user@example.com', { tool_name: 'calculator' })
          new UsageMetrics().recordActiveUser()
          expect(recorder.withFeature('threat_analysis', () => 42)).toBe(42)
          expect([recorder.readings(), events, await otlpPoints(recorder)]).toEqual([[], [], []])
        }),
      )
      expect(() => modeOf(join(folder, '.quipu'))).toThrow('ENOENT')
    }),
  async T7() {
    const recorder = createRecorder()
    for (let i = 0; i < 1000; i++) recorder.updateWorkspaceSize(`user-${i}@example.com`, i)
    const { samples } = await familyOf(recorder, 'workspace_size_bytes')
    expect(samples).toHaveLength(100)
    for (const { labels } of samples) expect(labels.user_id).toMatch(/^[0-9a-f]{16}$/)
    // Sizes of several users cannot be added in one series: the largest are kept, the others are counted.
    expect(Math.min(...samples.map(({ value }) => value))).toBe(900)
    expect((await familyOf(recorder, 'quipu_series_left_out')).samples).toMatchObject([{ value: 900 }])
    expect(await renderPage(recorder)).not.toContain('example.com')
    recorder.deleteWorkspace('user-970@example.com')
    expect((await familyOf(recorder, 'workspace_size_bytes')).samples).toHaveLength(samples.length - 1)
  },
  async T8() {
    const recorder = createTestRecorder({ strict: false })
    const observe = (endpoint: string | undefined, method: string) =>
      recorder.observeRequest({ endpoint, method, statusCode: 404, durationMs: 1 })
    observe('/users/:id', 'get')
    observe('/users/4711', 'GET')
    observe('/files/550e8400-e29b-41d4-a716-446655440000', 'GET')
    observe('/search?q=secret', 'GET')
    observe(undefined, 'PROPFIND')
    observe('not a path', 'GET')
    expect(await valuesOf(recorder, 'app_requests_total')).toEqual({
      'app_requests_total{endpoint="/users/:id",method="GET",status_code="404"}': 2,
      'app_requests_total{endpoint="/files/:id",method="GET",status_code="404"}': 1,
      'app_requests_total{endpoint="/search",method="GET",status_code="404"}': 1,
      'app_requests_total{endpoint="unmatched",method="OTHER",status_code="404"}': 1,
      'app_requests_total{endpoint="unmatched",method="GET",status_code="404"}': 1,
    })
    for (let i = 0; i < 5000; i++) observe(`/scan-${i}`, 'GET')
    expect((await familyOf(recorder, 'app_requests_total')).samples.length).toBeLessThan(500)
  },
  async T10() {
    const recorder = createTestRecorder()
    const error = new RangeError('too long')
    const failing = () => {
      recorder.clock.advanceMs(100)
      throw error
    }
    expect(() => recorder.withFeature('f', failing)).toThrow(error)
    await expect(recorder.withFeature('f', async () => failing())).rejects.toBe(error)
    expect(() =>
      recorder.withFeature('f', () => {
        throw 'text'
      }),
    ).toThrow('text')
    await recorder.withFeature('f', async () => recorder.clock.advanceMs(50))
    expect(recorder.value('feature_usage_total', { feature_name: 'f' })).toBe(4)
    expect(recorder.value('feature_duration_seconds', { feature_name: 'f' })).toMatchObject({ count: 4, sum: 0.25 })
    expect(recorder.value('feature_errors_total', { feature_name: 'f', error_type: 'RangeError' })).toBe(2)
    expect(recorder.value('feature_errors_total', { feature_name: 'f', error_type: 'unknown' })).toBe(1)
    // Setting the wall clock back changes no duration.
    recorder.withFeature('g', () => recorder.clock.stepWallMs(-3_600_000))
    expect(recorder.value('feature_duration_seconds', { feature_name: 'g' })).toMatchObject({ count: 1, sum: 0 })
    // Generators and async iterators last until they end.
    const rows = recorder.trackFeature('rows', async function* () {
      yield 1
      recorder.clock.advanceMs(200)
      yield 2
    })
    for await (const _ of rows()) recorder.clock.advanceMs(10)
    expect(recorder.value('feature_duration_seconds', { feature_name: 'rows' })).toMatchObject({ count: 1, sum: 0.22 })
  },
  T11() {
    const recorder = createTestRecorder({ strict: false, sessions: { idleTimeoutMs: 1_800_000 } })
    const active = () => recorder.value('app_active_sessions')
    recorder.trackSessionEnd()
    recorder.trackSessionEnd('unknown')
    expect(active()).toBe(0)
    recorder.trackSessionStart('a')
    recorder.trackSessionStart('a')
    expect(active()).toBe(1)
    recorder.trackSessionStart('b')
    recorder.trackSessionEnd('a')
    recorder.trackSessionEnd('a')
    expect(active()).toBe(1)
    recorder.clock.advanceMs(1_800_001)
    expect(active()).toBe(0)
    expect(recorder.value('quipu_dropped_total', { metric: 'app_active_sessions', reason: 'unknown_session' })).toBe(2)
    expect(recorder.value('quipu_dropped_total', { metric: 'app_active_sessions', reason: 'no_open_session' })).toBe(1)
    // Values of several processes add up.
    expect(['sum', 'live']).toContain(builtinCatalog.metrics.app_active_sessions.merge)
  },
}
