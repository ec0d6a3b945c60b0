import { EventEmitter } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import * as core from '@quipu/core'
import { createRecorder, describeError } from '@quipu/core'
import * as sdk from '@quipu/sdk'
import { start } from '@quipu/sdk'
import * as featureMetrics from '@quipu/sdk/feature-metrics'
import * as metricsLogger from '@quipu/sdk/metrics-logger'
import * as sessionMetrics from '@quipu/sdk/session-metrics'
import * as usageMetrics from '@quipu/sdk/usage-metrics'
import * as userMetrics from '@quipu/sdk/user-metrics'
import { createTestRecorder } from '@quipu/testing'
import { expect } from 'vitest'
import { completion, openAI, until, withApplication, withTools } from './application.js'
import { type PageFamily, pageOf, parsePage, valuesOf } from './page.js'
import type { Checks } from './promises.js'
import { actWithSecrets, secrets } from './secrets.js'
import { withEnvironment, withFolder, withFreshProcess } from './test-environment.js'

const user = 'user@example.com'
const { logMetric } = metricsLogger
/** The `Accept` header of Prometheus 3. */
const accept =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1'

/** The line that a documented call of the process's own logger writes. */
function logged(say: () => void): Promise<readonly string[]> {
  return withEnvironment({ FEATURE_METRICS_LOGGING_ENABLED: 'true' }, () =>
    withFreshProcess(async () => {
      const lines: string[] = []
      say()
      const quipu = start({ activityLog: { sink: (line) => lines.push(line) }, exitHooks: false })
      await quipu.shutdown()
      return lines
    }),
  )
}

/** Returns the standard output of a function. */
async function printed(fn: () => Promise<void>): Promise<string> {
  const { write } = process.stdout
  let text = ''
  process.stdout.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    text += String(chunk)
    const done = rest.find((each) => typeof each === 'function')
    if (done !== undefined) Reflect.apply(done, undefined, [])
    return true
  }
  try {
    await fn()
  } finally {
    process.stdout.write = write
  }
  return text
}

/** A43–A47, A53–A64: the logger and its integrations. */
export const atlasIntegration: Checks = {
  async A43() {
    expect(metricsLogger.logMetric).toBe(sdk.logMetric)
    expect(await logged(() => metricsLogger.logMetric('error', user, { error_type: 'timeout' }))).toEqual([
      `[METRIC] [${user}] error error_type=timeout`,
    ])
  },
  async A44() {
    expect(await logged(() => logMetric('llm_call', user, { model: 'gpt-4', message_count: 5 }))).toEqual([
      `[METRIC] [${user}] llm_call model=gpt-4 message_count=5`,
    ])
  },
  async A45() {
    expect(await logged(() => logMetric('tool_call', user, { tool_name: 'calculator' }))).toEqual([
      `[METRIC] [${user}] tool_call tool_name=calculator`,
    ])
  },
  async A46() {
    const fields = { file_size: 1024, content_type: 'application/pdf' }
    expect(await logged(() => logMetric('file_upload', user, fields))).toEqual([
      `[METRIC] [${user}] file_upload file_size=1024 content_type=application/pdf`,
    ])
  },
  async A47() {
    expect(await logged(() => logMetric('error', user, { error_type: 'rate_limit' }))).toEqual([
      `[METRIC] [${user}] error error_type=rate_limit`,
    ])
  },
  A53() {
    expect(Object.keys(metricsLogger)).toEqual(['logMetric'])
    expect(metricsLogger.logMetric).toBe(core.logMetric)
  },
  async A54() {
    const recorder = createTestRecorder()
    const messages = [
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'Hello?' },
    ] as const
    const client = await openAI(recorder, completion())
    const answer = await recorder.withUser(user, () =>
      client.chat.completions.create({ model: 'gpt-4', messages: [...messages] }),
    )
    expect(answer.choices[0]?.message.content).toBe('Hello')
    expect(recorder.lines).toEqual([`[METRIC] [${user}] llm_call model=gpt-4 message_count=2`])
    const failing = await openAI(recorder, { error: { message: secrets.errorMessage } }, 400)
    await expect(failing.chat.completions.create({ model: 'gpt-4', messages: [...messages] })).rejects.toThrow()
    expect(recorder.lines.slice(1)).toEqual(['[METRIC] [unknown] error error_type=bad_request'])
  },
  async A55() {
    const recorder = createTestRecorder()
    const tools = [{ type: 'function', function: { name: 'calculator', parameters: {} } }] as const
    const ask = async (toolCalls: number) =>
      (await openAI(recorder, completion(toolCalls))).chat.completions.create({
        model: 'gpt-4',
        messages: [{ role: 'user', content: 'Add' }],
        tools: [...tools],
      })
    await ask(2)
    await ask(0)
    expect(recorder.lines).toEqual([
      '[METRIC] [unknown] llm_call model=gpt-4 message_count=1 tool_count=2',
      '[METRIC] [unknown] llm_call model=gpt-4 message_count=1 tool_count=0',
    ])
  },
  A56: () =>
    withTools(async (client, recorder) => {
      const call = (name: string) =>
        recorder.withUser(user, () => client.callTool({ name, arguments: { path: secrets.toolArgument } }))
      expect(await call('calculator')).toMatchObject({ content: [{ text: secrets.toolResult }] })
      expect(await call('file_reader')).toMatchObject({ isError: true })
      expect(recorder.lines).toEqual([
        `[METRIC] [${user}] tool_call tool_name=calculator`,
        `[METRIC] [${user}] tool_error tool_name=file_reader`,
      ])
      expect(await valuesOf(recorder, 'aki_tool_usage_total')).toEqual({
        'aki_tool_usage_total{tool_name="calculator"}': 1,
        'aki_tool_usage_total{tool_name="file_reader"}': 1,
      })
    }),
  A57: () =>
    withApplication(async ({ post, lines }) => {
      expect((await post('/upload', { 'x-user': user, 'x-size': '512' })).status).toBe(201)
      expect((await post('/upload', { 'x-user': user, 'x-size': '4096' })).status).toBe(413)
      // Stored first, then uploaded; a refused file is neither.
      expect(lines).toEqual([
        `[METRIC] [${user}] file_stored file_size=512 content_type=application/pdf category=uploads`,
        `[METRIC] [${user}] file_upload file_size=512 content_type=application/pdf`,
      ])
    }),
  A58: () =>
    withFolder((folder) => {
      const recorder = createTestRecorder()
      const kept = new Map<string, Uint8Array>()
      const stores: readonly ((key: string, bytes: Uint8Array) => void)[] = [
        (key, bytes) => {
          mkdirSync(join(folder, 'generated'), { recursive: true })
          writeFileSync(join(folder, key), bytes)
        },
        (key, bytes) => void kept.set(key, bytes),
        () => {
          throw new Error('disk full')
        },
      ]
      for (const put of stores) {
        const bytes = new Uint8Array(2048)
        try {
          put('generated/chart.png', bytes)
          recorder.trackFileStored({ sizeBytes: bytes.length, contentType: 'image/png', key: 'generated/chart.png' })
        } catch {
          // Nothing was stored, so there is no line.
        }
      }
      const line = '[METRIC] [unknown] file_stored file_size=2048 content_type=image/png category=generated'
      expect(recorder.lines).toEqual([line, line])
    }),
  A59() {
    const recorder = createTestRecorder()
    const socket = new EventEmitter()
    socket.on('message', (error: Error) =>
      recorder.withUser(user, () => recorder.trackError(describeError(error).type)),
    )
    const errorOf = (details: object): Error => Object.assign(new Error(secrets.errorMessage), details)
    const errors: readonly (readonly [details: object, type: string])[] = [
      [{ status: 429 }, 'rate_limit'],
      [{ name: 'TimeoutError' }, 'timeout'],
      [{ code: 'ETIMEDOUT' }, 'timeout'],
      [{ status: 401 }, 'authentication'],
      [{ status: 403 }, 'permission'],
      [{ status: 422 }, 'bad_request'],
      [{ code: 'context_length_exceeded', status: 400 }, 'context_length'],
      [{ code: 'content_filter', status: 400 }, 'content_filter'],
      [{}, 'unknown'],
    ]
    for (const [details] of errors) socket.emit('message', errorOf(details))
    expect(recorder.lines).toEqual(errors.map(([, type]) => `[METRIC] [${user}] error error_type=${type}`))
  },
  async A60() {
    const linesUnder = (flag: string | undefined) =>
      withEnvironment({ FEATURE_METRICS_LOGGING_ENABLED: flag }, () =>
        withFreshProcess(() =>
          printed(async () => {
            sdk.logMetric('tool_call', user, { tool_name: 'calculator' })
            const quipu = start({ exitHooks: false })
            sdk.logMetric('tool_call', user, { tool_name: 'calculator' })
            await quipu.shutdown()
          }),
        ),
      )
    const line = `[METRIC] [${user}] tool_call tool_name=calculator\n`
    expect(await linesUnder('true')).toBe(line + line)
    expect(await linesUnder('false')).toBe('')
    expect(await linesUnder(undefined)).toBe('')
  },
  A61: () =>
    withApplication(async ({ post, recorder, lines }) => {
      await post('/upload', { 'x-user': user, 'x-size': '1' })
      recorder.trackError('timeout')
      recorder.withToolCall('calculator', () => undefined)
      expect(lines).toHaveLength(4)
      for (const line of lines) expect(line).toMatch(/^\[METRIC\] \[[^\s[\]]+\] [a-z_]+(?: [a-z_]+=[^\s"=]+)+$/)
    }),
  async A62() {
    const { lines } = await actWithSecrets()
    expect(lines.length).toBeGreaterThan(10)
    const text = lines.join('\n')
    for (const [name, secret] of Object.entries(secrets)) expect(text.includes(secret), name).toBe(false)
  },
  async A63() {
    const lines = await logged(() => {
      const unknownUsers: readonly (string | null | undefined)[] = [null, undefined, '', '\n', ' ', '\u202e']
      for (const user of unknownUsers) sdk.logMetric('error', user, { error_type: 'timeout' })
    })
    expect(lines).toHaveLength(6)
    expect(new Set(lines)).toEqual(new Set(['[METRIC] [unknown] error error_type=timeout']))
  },
  async A64() {
    // Set the flag, start the application, act, read the log.
    const log = await withEnvironment({ FEATURE_METRICS_LOGGING_ENABLED: 'true' }, () =>
      withFreshProcess(() =>
        printed(async () => {
          const quipu = start({ exitHooks: false })
          await sdk.withUser(user, async () => {
            await sdk.withLlmCall({ model: 'gpt-4', messageCount: 1 }, async () => 'answer')
            sdk.withToolCall('calculator', () => 4)
            sdk.trackFileUpload({ sizeBytes: 1, contentType: 'text/csv' })
          })
          await quipu.shutdown()
        }),
      ),
    )
    expect(log.split('\n').filter((line) => line.startsWith('[METRIC]'))).toHaveLength(3)
  },
}

/** Reads both pages of an application. */
function withPages<T>(
  fn: (pages: { custom: readonly PageFamily[]; standard: readonly PageFamily[] }) => T,
): Promise<T> {
  return withApplication(async ({ get, recorder }) => {
    await (await get('/users/42')).text()
    recorder.trackUserLogin()
    const custom = parsePage(await (await get('/custom_metrics')).text())
    const standard = parsePage(await (await get('/metrics')).text())
    return fn({ custom, standard })
  })
}

/** S1–S3, S38, S40: the pages and the modules. */
export const securetrackIntegration: Checks = {
  S1: () =>
    withPages(({ standard }) => {
      const requests = standard.find(({ name }) => name === 'http_server_request_duration_seconds')
      expect(requests?.type).toBe('histogram')
      const counts = requests?.samples.filter(({ name }) => name.endsWith('_count')) ?? []
      expect(counts.map(({ labels, value }) => [labels.http_route, labels.http_request_method, value])).toEqual([
        ['/users/:id', 'GET', 1],
      ])
      expect(standard.some(({ name }) => name.startsWith('process_'))).toBe(true)
    }),
  S2: () =>
    withPages(({ custom }) => {
      expect(custom.find(({ name }) => name === 'user_logins_total')?.samples[0]?.value).toBe(1)
      expect(custom.find(({ name }) => name === 'app_requests_total')?.samples).toMatchObject([
        { labels: { endpoint: '/users/:id', method: 'GET', status_code: '200' }, value: 1 },
      ])
    }),
  S3: () =>
    withApplication(async ({ quipu, url }) => {
      const { urls } = await quipu.ready
      for (const page of [urls.custom, urls.standard, `${url}/custom_metrics`, `${url}/metrics`]) {
        const openMetrics = await fetch(page, { headers: { accept } })
        expect(openMetrics.status).toBe(200)
        expect(openMetrics.headers.get('content-type')).toMatch(/^application\/openmetrics-text; version=1\.0\.0/)
        expect(await openMetrics.text()).toMatch(/\n# EOF\n$/)
        const plain = await fetch(page)
        expect(plain.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
        // An empty page would count as a healthy target.
        expect(parsePage(await plain.text()).length).toBeGreaterThan(3)
        expect((await fetch(page, { method: 'POST' })).status).toBe(405)
      }
    }),
  S38() {
    const modules: readonly (readonly [module: object, names: readonly string[]])[] = [
      [featureMetrics, ['FeatureMetrics', 'trackFeature', 'trackFeatureAsync']],
      [sessionMetrics, ['trackSessionStart', 'trackSessionEnd', 'trackUserLogin', 'trackUserRegistration']],
      [userMetrics, ['UserActionTimer', 'trackUserAction', 'updateWorkspaceSize', 'recordAnalysisComplexity']],
      [usageMetrics, ['UsageMetrics', 'MetricNames', 'DimensionNames']],
    ]
    for (const [module, names] of modules) {
      for (const name of names) {
        // The same function under both names.
        expect(Reflect.get(module, name), name).toBe(Reflect.get(sdk, name))
        expect(Reflect.get(module, name), name).toBeDefined()
      }
    }
  },
  S40: () =>
    withApplication(async ({ get, quipu }) => {
      const mounted = await get('/custom_metrics')
      expect(mounted.status).toBe(200)
      expect(await mounted.text()).toContain('# TYPE app_active_sessions gauge')
      expect((await get('/users/42')).status).toBe(200)
      expect((await get('/custom_metrics/more')).status).toBe(404)
      const byRequest = await quipu.fetch(new Request('http://localhost/custom_metrics'))
      expect(byRequest.status).toBe(200)
    }),
}

/** T9, T12, T25, T28, T32: promises that need a whole application. */
export const trapsIntegration: Checks = {
  T9: () =>
    withApplication(async ({ get, recorder }) => {
      for (const path of ['/crash/1', '/later/2']) expect((await get(path)).status).toBe(500)
      const total = () =>
        recorder
          .readings()
          .find(({ name }) => name === 'app_requests_total')
          ?.cells().length ?? 0
      await until(() => total() === 2)
      expect(await valuesOf(recorder, 'app_requests_total')).toEqual({
        'app_requests_total{endpoint="/crash/:id",method="GET",status_code="500"}': 1,
        'app_requests_total{endpoint="/later/:id",method="GET",status_code="500"}': 1,
      })
      expect(await valuesOf(recorder, 'app_errors_total')).toEqual({
        'app_errors_total{endpoint="/crash/:id",error_type="server_error"}': 1,
        'app_errors_total{endpoint="/later/:id",error_type="server_error"}': 1,
      })
    }),
  T12: () =>
    withPages(({ custom, standard }) => {
      const names = new Set(custom.map(({ name }) => name))
      expect(standard.filter(({ name }) => names.has(name))).toEqual([])
      expect([names.size > 5, standard.length > 5]).toEqual([true, true])
    }),
  async T25() {
    expect(metricsLogger.logMetric).toBe(sdk.logMetric)
    expect(import.meta.resolve('@quipu/sdk/metrics-logger')).toMatch(/metrics-logger\.[jt]s$/)
  },
  async T28() {
    const bodies: string[] = []
    const collector = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      request.on('end', () => {
        bodies.push(body)
        response.setHeader('content-type', 'application/json')
        response.end('{}')
      })
    })
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
    const address = collector.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    try {
      await withFreshProcess(async () => {
        const recorder = createRecorder()
        const quipu = start({
          recorder,
          otlp: { url: `http://127.0.0.1:${port}`, protocol: 'http/json' },
          exitHooks: false,
        })
        const series = (type: string) => `aki_user_action_total{action_type="${type}",profile_name="none"}`
        expect(await valuesOf(recorder, 'aki_user_action_total')).toEqual({ [series('app_startup')]: 1 })
        const { dropped } = await quipu.shutdown()
        await quipu.shutdown()
        expect(dropped).toBe(0)
        expect(await valuesOf(recorder, 'aki_user_action_total')).toEqual({
          [series('app_startup')]: 1,
          [series('app_shutdown')]: 1,
        })
      })
      expect(bodies.at(-1)).toContain('app_shutdown')
    } finally {
      collector.close()
    }
  },
  T32: () =>
    withFreshProcess(async () => {
      const recorder = core.defaultRecorder()
      const twenty = recorder.readings().filter(({ spec }) => spec.vocabulary === 'securetrack')
      // Upstream, four of them appeared only after an import.
      expect(twenty).toHaveLength(20)
      const analyzeThreats = (input: string) => `no threats in ${input}`
      const analyzeDataFlow = featureMetrics.trackFeatureAsync('data_flow_analysis', async (diagram: string) => diagram)
      using feature = new featureMetrics.FeatureMetrics('threat_analysis')
      expect(analyzeThreats('input')).toBe('no threats in input')
      feature.end()
      expect(await analyzeDataFlow('diagram')).toBe('diagram')
      sessionMetrics.trackSessionStart()
      sessionMetrics.trackUserLogin()
      sessionMetrics.trackSessionEnd()
      userMetrics.trackUserAction('export_report')
      {
        using _timer = new userMetrics.UserActionTimer('document_upload')
      }
      const page = await pageOf(recorder)
      const total = (name: string) =>
        page.find((family) => family.name === name)?.samples.reduce((sum, { value }) => sum + value, 0)
      expect(
        ['feature_usage_total', 'user_logins_total', 'app_active_sessions', 'user_action_total'].map(total),
      ).toEqual([2, 1, 0, 2])
      // Aki's: a new metric is one entry and one method.
      class OwnUsageMetrics extends usageMetrics.UsageMetrics {
        recordNewMetric(value: number): void {
          this.recordMetric(usageMetrics.MetricNames.MODEL_USAGE, value, {
            dimensions: { [usageMetrics.DimensionNames.MODEL_ID]: 'gpt-4' },
          })
        }
      }
      new OwnUsageMetrics().recordNewMetric(3)
      expect(await valuesOf(recorder, 'aki_model_usage_total')).toEqual({
        'aki_model_usage_total{model_id="gpt-4"}': 3,
      })
    }),
}
