import { runInNewContext } from 'node:vm'
import { createTestRecorder } from '@quipu/testing'
import { describe, expect, it } from 'vitest'
import { allSeries, drops, type Held, seriesOf } from '../fixtures/all-series.js'
import { createRecorder, FeatureMetrics, type Recorder, UserActionTimer } from './index.js'

const once = { count: 1, sum: 0 }

it.each<[string, (recorder: Recorder) => unknown, Record<string, Held>]>([
  ['trackFeatureUsage', (r) => r.trackFeatureUsage('search'), { 'feature_usage_total{feature_name="search"}': 1 }],
  [
    'trackFeatureError',
    (r) => r.trackFeatureError('search', new TypeError('x')),
    {
      'feature_errors_total{feature_name="search",error_type="TypeError"}': 1,
    },
  ],
  [
    'trackFeatureError by name',
    (r) => r.trackFeatureError('search', 'timeout'),
    {
      'feature_errors_total{feature_name="search",error_type="timeout"}': 1,
    },
  ],
  [
    'withFeature',
    (r) => r.withFeature('search', () => 1),
    {
      'feature_usage_total{feature_name="search"}': 1,
      'feature_duration_seconds{feature_name="search"}': once,
    },
  ],
  [
    'trackUserAction',
    (r) => r.trackUserAction('export_report'),
    { 'user_action_total{action_type="export_report"}': 1 },
  ],
  [
    'withUserAction',
    (r) => r.withUserAction('document_upload', () => 1),
    {
      'user_action_total{action_type="document_upload"}': 1,
      'user_action_duration_seconds{action_type="document_upload"}': once,
    },
  ],
  ['trackUserRegistration', (r) => r.trackUserRegistration(), { user_registrations_total: 1 }],
  ['trackUserLogin', (r) => r.trackUserLogin(), { user_logins_total: 1 }],
  ['trackAuthFailure', (r) => r.trackAuthFailure(), { 'user_auth_failures_total{reason="invalid_credentials"}': 1 }],
  [
    'trackAuthFailure with a reason',
    (r) => r.trackAuthFailure('expired_token'),
    {
      'user_auth_failures_total{reason="expired_token"}': 1,
    },
  ],
  ['trackSessionStart', (r) => r.trackSessionStart('s-1'), { app_active_sessions: 1 }],
  [
    'updateWorkspaceSize',
    (r) => r.updateWorkspaceSize('user-42', 1_048_576),
    {
      'workspace_size_bytes{user_id="user-42"}': 1_048_576,
    },
  ],
  [
    'recordAnalysisComplexity',
    (r) => r.recordAnalysisComplexity('threat_model', 7),
    {
      'analysis_complexity{analysis_type="threat_model"}': { count: 1, sum: 7 },
    },
  ],
  [
    'recordLlmRequest',
    (r) => r.recordLlmRequest('gpt-4', 'chat'),
    { 'llm_requests_total{model="gpt-4",endpoint="chat"}': 1 },
  ],
  [
    'recordLlmTokens',
    (r) => r.recordLlmTokens('gpt-4', 120, 30),
    {
      'llm_tokens_total{model="gpt-4",type="input"}': 120,
      'llm_tokens_total{model="gpt-4",type="output"}': 30,
      'llm_tokens_total{model="gpt-4",type="total"}': 150,
    },
  ],
  [
    'recordLlmTokens of one side (T14)',
    (r) => r.recordLlmTokens('gpt-4', 120),
    {
      'llm_tokens_total{model="gpt-4",type="input"}': 120,
      'llm_tokens_total{model="gpt-4",type="total"}': 120,
    },
  ],
  ['recordLlmTokens of none', (r) => r.recordLlmTokens('gpt-4', 0, 0), {}],
  [
    'timeLlmRequest',
    (r) => r.timeLlmRequest('gpt-4', 'chat').end(),
    {
      'llm_request_duration_seconds{model="gpt-4",endpoint="chat"}': once,
    },
  ],
  [
    'recordLlmCompletionSize',
    (r) => r.recordLlmCompletionSize('gpt-4', 11),
    {
      'llm_completion_size_bytes{model="gpt-4"}': { count: 1, sum: 11 },
    },
  ],
  [
    'recordLlmError',
    (r) => r.recordLlmError('gpt-4', 'APITimeout'),
    {
      'llm_errors_total{model="gpt-4",error_type="APITimeout"}': 1,
    },
  ],
  ['recordLlmRateLimit', (r) => r.recordLlmRateLimit('gpt-4'), { 'llm_rate_limits_total{model="gpt-4"}': 1 }],
  [
    'withToolCall',
    (r) => r.withToolCall('calculator', () => 4),
    {
      'tool_usage{tool_name="calculator"}': 1,
      'gen_ai.execute_tool.duration{gen_ai.tool.name="calculator"}': once,
    },
  ],
  [
    'trackAppStartup (T28)',
    (r) => r.trackAppStartup(),
    { 'user_action{action_type="app_startup",profile_name="none"}': 1 },
  ],
  [
    'trackAppShutdown (T28)',
    (r) => r.trackAppShutdown(),
    { 'user_action{action_type="app_shutdown",profile_name="none"}': 1 },
  ],
  ['trackError', (r) => r.trackError('timeout'), {}],
  ['trackFileUpload', (r) => r.trackFileUpload({ sizeBytes: 1 }), {}],
])('%s records just this', (_, say, series) => {
  const recorder = createTestRecorder()
  say(recorder)
  expect(allSeries(recorder)).toEqual(series)
})

describe('a feature', () => {
  class QuotaExceeded extends Error {}
  const errors = (recorder: Recorder) => seriesOf(recorder, 'feature_errors_total')

  it('is counted when it begins, timed when it ends, and fails by class', async () => {
    const recorder = createTestRecorder()
    const failure = new QuotaExceeded('prompt text')
    const running = recorder.withFeature('search', async () => {
      await null
      throw failure
    })
    expect(allSeries(recorder)).toEqual({ 'feature_usage_total{feature_name="search"}': 1 })
    recorder.clock.advanceMs(1500)
    await expect(running).rejects.toBe(failure)
    expect(recorder.value('feature_duration_seconds', { feature_name: 'search' })).toMatchObject({ count: 1, sum: 1.5 })
    expect(errors(recorder)).toEqual({ '{feature_name="search",error_type="QuotaExceeded"}': 1 })
  })

  it.each<[string, unknown, string]>([
    ['text', 'prompt text', 'unknown'],
    ['nothing', undefined, 'unknown'],
    ['an object', { message: 'prompt text' }, 'unknown'],
    ['an error that was given a name', Object.assign(new Error('x'), { name: 'Timeout' }), 'Timeout'],
    ['an error whose name is a sentence', Object.assign(new Error('x'), { name: 'the prompt was: hello' }), 'other'],
    ['a plain error', new Error('prompt text'), 'Error'],
    ['an error of another realm', runInNewContext('new RangeError()'), 'RangeError'],
    [
      'an error whose getters throw',
      Object.defineProperty(new Error('x'), 'name', {
        get: () => {
          throw new Error('y')
        },
      }),
      'unknown',
    ],
  ])('that throws %s counts its class at most', (_, thrown, errorType) => {
    const recorder = createRecorder()
    let caught: unknown
    try {
      recorder.withFeature('search', () => {
        throw thrown
      })
    } catch (error) {
      caught = error
    }
    expect(caught).toBe(thrown)
    expect(errors(recorder)).toEqual({ [`{feature_name="search",error_type="${errorType}"}`]: 1 })
  })

  it('as a block is ended once, and fails when it is told', () => {
    const recorder = createTestRecorder()
    {
      using feature = new FeatureMetrics('search', { recorder })
      feature.fail(new RangeError('x'))
      feature.fail(new TypeError('x'))
    }
    {
      using _feature = new FeatureMetrics('search', { recorder })
      recorder.clock.advanceMs(250)
    }
    expect(allSeries(recorder)).toEqual({
      'feature_usage_total{feature_name="search"}': 2,
      'feature_duration_seconds{feature_name="search"}': { count: 2, sum: 0.25 },
      'feature_errors_total{feature_name="search",error_type="RangeError"}': 1,
    })
  })

  it('takes no time when the clock goes back (P13)', () => {
    let now = 1000
    const recorder = createRecorder({ clock: { monotonicMs: () => now, unixMs: () => now } })
    recorder.withFeature('search', () => {
      now = 0
    })
    expect(seriesOf(recorder, 'feature_duration_seconds')).toEqual({ '{feature_name="search"}': once })
  })

  it('is counted also when the clock throws (T27)', () => {
    const fail = () => {
      throw new Error('clock')
    }
    const recorder = createRecorder({ clock: { monotonicMs: fail, unixMs: fail } })
    expect(recorder.withFeature('search', () => 1)).toBe(1)
    expect(allSeries(recorder)).toEqual({
      'feature_usage_total{feature_name="search"}': 1,
      'feature_duration_seconds{feature_name="search"}': once,
    })
  })
})

it('a user’s action as a block is timed until its end, once', () => {
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

it('a model request by hand is timed once', () => {
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

it('tokens by hand that are none are dropped, and the total is of those that were taken', () => {
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
  it('goes by a pseudonym that holds for the recorder, and for the key where there is one', () => {
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

  it('is one of a hundred, the rest is other (T7)', () => {
    const recorder = createRecorder()
    for (let i = 0; i < 300; i++) recorder.updateWorkspaceSize(`user-${i}`, i)
    const sizes = seriesOf(recorder, 'workspace_size_bytes')
    expect(Object.keys(sizes)).toHaveLength(101)
    expect(sizes['{user_id="other"}']).toBe(299)
    recorder.deleteWorkspace('user-7')
    recorder.updateWorkspaceSize('user-200', 4)
    expect(Object.values(seriesOf(recorder, 'workspace_size_bytes'))).toEqual(expect.arrayContaining([4, 299]))
  })
})

describe('requests', () => {
  const observe = (...requests: Parameters<Recorder['observeRequest']>[0][]) => {
    const recorder = createRecorder()
    for (const request of requests) recorder.observeRequest(request)
    return recorder
  }
  it.each<[string, object, Record<string, Held>]>([
    [
      'that succeed',
      { endpoint: '/users/:id', method: 'GET', statusCode: 200, durationMs: 12 },
      {
        'app_requests_total{endpoint="/users/:id",method="GET",status_code="200"}': 1,
        'app_request_duration_seconds{endpoint="/users/:id",method="GET"}': { count: 1, sum: 0.012 },
      },
    ],
    [
      'that the client spoilt',
      { endpoint: '/a', method: 'post', statusCode: 404, durationMs: 0 },
      {
        'app_requests_total{endpoint="/a",method="POST",status_code="404"}': 1,
        'app_request_duration_seconds{endpoint="/a",method="POST"}': once,
        'app_errors_total{endpoint="/a",error_type="client_error"}': 1,
      },
    ],
    [
      'that threw (T9)',
      { endpoint: '/a', method: 'GET', statusCode: 500, durationMs: 0 },
      {
        'app_requests_total{endpoint="/a",method="GET",status_code="500"}': 1,
        'app_request_duration_seconds{endpoint="/a",method="GET"}': once,
        'app_errors_total{endpoint="/a",error_type="server_error"}': 1,
      },
    ],
    [
      'that the client left',
      { endpoint: '/a', method: 'GET', statusCode: 499, durationMs: 0 },
      {
        'app_requests_total{endpoint="/a",method="GET",status_code="499"}': 1,
        'app_request_duration_seconds{endpoint="/a",method="GET"}': once,
        'app_errors_total{endpoint="/a",error_type="client_error"}': 1,
      },
    ],
    [
      'that no route matched (T8)',
      { method: 'BREW', statusCode: 299, durationMs: 0 },
      {
        'app_requests_total{endpoint="unmatched",method="OTHER",status_code="299"}': 1,
        'app_request_duration_seconds{endpoint="unmatched",method="OTHER"}': once,
      },
    ],
    [
      'with a path for a route',
      { endpoint: '/users/42/files/bob@example.com?token=s3cret', method: 'GET', statusCode: 200, durationMs: 0 },
      {
        'app_requests_total{endpoint="/users/:id/files/:id",method="GET",status_code="200"}': 1,
        'app_request_duration_seconds{endpoint="/users/:id/files/:id",method="GET"}': once,
      },
    ],
    [
      'with a status that is none',
      { endpoint: '/a', method: 'GET', statusCode: 0, durationMs: 0 },
      {
        'app_requests_total{endpoint="/a",method="GET",status_code="other"}': 1,
        'app_request_duration_seconds{endpoint="/a",method="GET"}': once,
      },
    ],
    [
      'with a time that is none',
      { endpoint: '/a', method: 'GET', statusCode: 500, durationMs: null },
      {
        'app_requests_total{endpoint="/a",method="GET",status_code="500"}': 1,
        'app_errors_total{endpoint="/a",error_type="server_error"}': 1,
      },
    ],
    [
      'with a status that throws',
      { endpoint: '/a', method: 'GET', statusCode: Symbol('200'), durationMs: 5 },
      {
        'app_request_duration_seconds{endpoint="/a",method="GET"}': { count: 1, sum: 0.005 },
      },
    ],
  ])('%s', (_, request, series) => {
    expect(allSeries(observe(request as Parameters<Recorder['observeRequest']>[0]))).toEqual(series)
  })
})

describe('what is said of files, errors and tools', () => {
  const fail = () => {
    throw Object.assign(new Error('prompt text'), { code: 'ETIMEDOUT' })
  }
  it.each<[string, (recorder: Recorder) => unknown, string[]]>([
    [
      'an upload',
      (r) => r.trackFileUpload({ sizeBytes: 1024, contentType: 'application/pdf' }),
      ['file_upload file_size=1024 content_type=application/pdf'],
    ],
    [
      'an upload without a type',
      (r) => r.trackFileUpload({ sizeBytes: 1024 }),
      ['file_upload file_size=1024 content_type=application/octet-stream'],
    ],
    [
      'an upload whose type is not known',
      (r) => r.trackFileUpload({ sizeBytes: 1024, contentType: null }),
      ['file_upload file_size=1024'],
    ],
    [
      'an upload of several',
      (r) => r.trackFileUpload({ sizeBytes: 9, contentType: 'text/plain; charset=utf-8', fileCount: 3 }),
      ['file_upload file_size=9 content_type=text/plain file_count=3'],
    ],
    [
      'a stored upload',
      (r) => r.trackFileStored({ sizeBytes: 2048, contentType: 'image/png', key: 'u/uploads/secret.png' }),
      ['file_stored file_size=2048 content_type=image/png category=uploads'],
    ],
    [
      'a stored product',
      (r) => r.trackFileStored({ sizeBytes: 1, contentType: 'image/png', key: 'u/uploads/generated/secret.png' }),
      ['file_stored file_size=1 content_type=image/png category=generated'],
    ],
    [
      'a key that begins with the folder',
      (r) => r.trackFileStored({ sizeBytes: 1, contentType: 'image/png', key: 'generated/secret.png' }),
      ['file_stored file_size=1 content_type=image/png category=generated'],
    ],
    [
      'a key that only sounds so',
      (r) => r.trackFileStored({ sizeBytes: 1, contentType: 'image/png', key: 'my-uploads/secret.png' }),
      ['file_stored file_size=1 content_type=image/png category=other'],
    ],
    [
      'no key',
      (r) => r.trackFileStored({ sizeBytes: 1, contentType: 'image/png' }),
      ['file_stored file_size=1 content_type=image/png category=other'],
    ],
    [
      'a category',
      (r) => r.trackFileStored({ sizeBytes: 1, contentType: 'image/png', category: 'generated', key: 'u/uploads/x' }),
      ['file_stored file_size=1 content_type=image/png category=generated'],
    ],
    [
      'a category that is none',
      (r) => r.trackFileStored({ sizeBytes: 1, contentType: 'image/png', category: 'secret.png' as 'other' }),
      ['file_stored file_size=1 content_type=image/png category=other'],
    ],
    ['an error', (r) => r.trackError('rate_limit'), ['error error_type=rate_limit']],
    ['an error in words', (r) => r.trackError('could not read secret.png'), ['error error_type=other']],
    ['a tool', (r) => r.withToolCall('calculator', () => 4), ['tool_call tool_name=calculator']],
    [
      'a tool that fails',
      (r) => {
        try {
          r.withToolCall('calculator', fail)
        } catch {}
      },
      ['tool_error tool_name=calculator'],
    ],
    [
      'a tool that an imagination made up',
      (r) => r.withToolCall('rm -rf / # secret', () => 4),
      ['tool_call tool_name=other'],
    ],
  ])('%s', (_, say, lines) => {
    const recorder = createTestRecorder({ strict: false })
    recorder.withUser('user@example.com', () => say(recorder))
    expect(recorder.lines).toEqual(lines.map((line) => `[METRIC] [user@example.com] ${line}`))
  })

  it('each may be said for a user of its own, or for nobody', () => {
    const recorder = createTestRecorder()
    recorder.withUser('outer', () => {
      recorder.trackError('timeout', { user: 'inner' })
      recorder.trackError('timeout', { user: null })
      recorder.trackFileUpload({ sizeBytes: 1, contentType: null, user: 'inner' })
      recorder.withToolCall('calculator', () => 4, { user: 'inner' })
      const call = recorder.startToolCall('calculator', { user: null })
      call.fail(new Error('x'))
      call.end()
    })
    expect(recorder.lines).toEqual([
      '[METRIC] [inner] error error_type=timeout',
      '[METRIC] [unknown] error error_type=timeout',
      '[METRIC] [inner] file_upload file_size=1',
      '[METRIC] [inner] tool_call tool_name=calculator',
      '[METRIC] [unknown] tool_error tool_name=calculator',
    ])
  })

  it('a tool that fails is counted, timed and told by its class', () => {
    const recorder = createTestRecorder()
    expect(() =>
      recorder.withToolCall('calculator', () => {
        throw new RangeError('prompt text')
      }),
    ).toThrow(RangeError)
    expect(allSeries(recorder)).toEqual({
      'tool_usage{tool_name="calculator"}': 1,
      'gen_ai.execute_tool.duration{gen_ai.tool.name="calculator",error.type="RangeError"}': once,
    })
  })
})
