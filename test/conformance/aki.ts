import { existsSync, readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import {
  builtinCatalog,
  DimensionNames,
  defineMetrics,
  lint,
  MetricNames,
  toDimensionNames,
  toMetricNames,
} from '@quipu/catalog'
import { createRecorder, UsageMetrics, type UsageMetricsOptions } from '@quipu/core'
import { metricsDoc } from '@quipu/dashboards'
import { renderPage } from '@quipu/prometheus'
import { createTestRecorder } from '@quipu/testing'
import { expect } from 'vitest'
import { otlpOf, otlpPoints } from './otlp.js'
import { familyOf, pageOf, valuesOf } from './page.js'
import type { Checks } from './promises.js'
import { withEnvironment, withFolder } from './test-environment.js'

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const claude = 'anthropic.claude-3-sonnet-20240229-v1:0'
const profileName = 'Aki - Ask me anything'

type TestRecorder = ReturnType<typeof createTestRecorder>

/** Runs a function with Aki's helpers on a separate recorder and installation. */
async function withUsage<T>(
  fn: (usage: UsageMetrics, recorder: TestRecorder, idFile: string) => T | Promise<T>,
  options: UsageMetricsOptions = {},
): Promise<T> {
  return withFolder((folder) => {
    const recorder = createTestRecorder()
    const idFile = join(folder, 'state', 'installation-id')
    return fn(new UsageMetrics({ recorder, idFile, versionId: '1.2.0', profileName, ...options }), recorder, idFile)
  })
}

/** The points of one of Aki's metrics over OTLP, by its name there and its scope. */
function overOtlp(recorder: TestRecorder, name: string) {
  return otlpOf(recorder, name).then((points) =>
    points.map(({ scope, unit, attributes, value }) => ({ scope, unit, attributes, value })),
  )
}

/** A metric that one call counts, with one value of one dimension. */
function counted(
  name: string,
  unit: string,
  say: (usage: UsageMetrics) => void,
  attributes: Readonly<Record<string, string>>,
  value = 1,
): () => Promise<void> {
  return () =>
    withUsage(async (usage, recorder) => {
      say(usage)
      expect(await overOtlp(recorder, name)).toEqual([{ scope: 'quipu.aki', unit, attributes, value }])
      const labels = Object.entries(attributes).map(([label, text]) => `${label}="${text}"`)
      const onPage = `aki_${name}_total`
      expect(await valuesOf(recorder, onPage)).toEqual({ [`${onPage}{${labels.join(',')}}`]: value })
    })
}

function action(type: string): () => Promise<void> {
  return counted('user_action', '{action}', (usage) => usage.recordUserAction(type), {
    action_type: type,
    profile_name: profileName,
  })
}

/** K1–K7: purpose and privacy. */
const properties: Checks = {
  K1: () =>
    withUsage(async (usage, recorder) => {
      for (const type of ['message', 'message', 'stop']) usage.recordUserAction(type)
      expect(await valuesOf(recorder, 'aki_user_action_total')).toEqual({
        [`aki_user_action_total{action_type="message",profile_name="${profileName}"}`]: 2,
        [`aki_user_action_total{action_type="stop",profile_name="${profileName}"}`]: 1,
      })
    }),
  K2: () =>
    withUsage(async (_usage, recorder) => {
      recorder.withLlmCall({ model: claude }, (call) => {
        recorder.clock.advanceMs(812)
        call.usage({ inputTokens: 120, outputTokens: 30 })
      })
      const series = `{model_id="${claude}"}`
      expect(await valuesOf(recorder, 'aki_execution_time_milliseconds')).toEqual({
        [`aki_execution_time_milliseconds_sum${series}`]: 812,
        [`aki_execution_time_milliseconds_count${series}`]: 1,
      })
      expect(await valuesOf(recorder, 'aki_token_input_total')).toEqual({ [`aki_token_input_total${series}`]: 120 })
      expect(await valuesOf(recorder, 'aki_token_output_total')).toEqual({ [`aki_token_output_total${series}`]: 30 })
      expect(await valuesOf(recorder, 'aki_model_usage_total')).toEqual({ [`aki_model_usage_total${series}`]: 1 })
    }),
  K3: () =>
    withUsage(async (_usage, recorder) => {
      for (const tool of ['read_file', 'shell_command', 'read_file']) recorder.withToolCall(tool, () => undefined)
      recorder.startToolCall('shell_command').fail(new Error('no'))
      recorder.trackFeatureUsage('threat_analysis')
      expect(await valuesOf(recorder, 'aki_tool_usage_total')).toEqual({
        'aki_tool_usage_total{tool_name="read_file"}': 2,
        'aki_tool_usage_total{tool_name="shell_command"}': 2,
      })
      expect(await valuesOf(recorder, 'feature_usage_total')).toEqual({
        'feature_usage_total{feature_name="threat_analysis"}': 1,
      })
    }),
  K4: () =>
    withUsage(async (usage, recorder) => {
      // Comparisons need separate versions, models, profiles and tools.
      usage.recordActiveUser()
      usage.recordModelUsage(claude)
      usage.recordModelUsage('gpt-4')
      new UsageMetrics({ recorder, profileName: 'Coder' }).recordUserAction('message')
      usage.recordUserAction('message')
      expect(Object.keys(await valuesOf(recorder, 'aki_model_usage_total'))).toHaveLength(2)
      expect(Object.keys(await valuesOf(recorder, 'aki_user_action_total'))).toHaveLength(2)
      expect(await valuesOf(recorder, 'aki_active_user_total')).toEqual({
        'aki_active_user_total{version_id="1.2.0"}': 1,
      })
    }),
  K5: () =>
    withUsage(async (usage, recorder, idFile) => {
      usage.recordActiveUser()
      const [point] = await otlpOf(recorder, 'active_user')
      expect(point?.attributes.user_id).toMatch(UUID_V4)
      expect(readFileSync(idFile, 'utf8').trim()).toBe(point?.attributes.user_id)
      usage.resetUserId()
      usage.recordActiveUser()
      const ids = (await otlpOf(recorder, 'active_user')).map(({ attributes }) => attributes.user_id)
      expect(new Set(ids).size).toBe(2)
    }),
  K6: () =>
    withUsage(async (usage, recorder) => {
      usage.recordActiveUser()
      usage.recordActiveUser()
      const page = await pageOf(recorder)
      expect(await valuesOf(recorder, 'aki_active_user_total')).toEqual({
        'aki_active_user_total{version_id="1.2.0"}': 2,
      })
      expect(await valuesOf(recorder, 'aki_active_users')).toEqual({ aki_active_users: 1 })
      const samples = page.filter(({ name }) => name.startsWith('aki_')).flatMap((family) => family.samples)
      expect(samples.filter(({ labels }) => 'user_id' in labels)).toEqual([])
      expect(await renderPage(recorder)).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-4/)
    }),
  async K7() {
    const sayAll = (usage: UsageMetrics): void => {
      usage.recordActiveUser()
      usage.recordUserAction('message')
      usage.recordTokenUsage(claude, 1, 1)
      usage.recordExecutionTime(claude, 1)
      usage.recordModelUsage(claude)
      usage.recordToolUsage('read_file')
      usage.recordMetric(MetricNames.TOKEN_INPUT, 1, { dimensions: { model_id: claude } })
    }
    const nothing = async (recorder: Pick<TestRecorder, 'producer'>, idFile: string): Promise<void> => {
      expect((await otlpPoints(recorder)).filter(({ scope }) => scope === 'quipu.aki')).toEqual([])
      expect(existsSync(idFile)).toBe(false)
    }
    await withUsage(
      async (usage, recorder, idFile) => {
        sayAll(usage)
        await nothing(recorder, idFile)
      },
      { enabled: false },
    )
    await withFolder((folder) =>
      withEnvironment({ DO_NOT_TRACK: '1' }, async () => {
        const recorder = createRecorder()
        const idFile = join(folder, 'installation-id')
        sayAll(new UsageMetrics({ recorder, idFile }))
        recorder.withLlmCall({ model: claude }, () => 'answer')
        await nothing(recorder, idFile)
        // Other vocabularies are still recorded.
        expect(Object.values(await valuesOf(recorder, 'llm_requests_total'))).toEqual([1])
      }),
    )
  },
}

/** K8–K25: metrics, action types, dimensions. */
const names: Checks = {
  K8: () =>
    withUsage(async (usage, recorder) => {
      usage.recordActiveUser()
      expect(await overOtlp(recorder, 'active_user')).toEqual([
        {
          scope: 'quipu.aki',
          unit: '{user}',
          attributes: { user_id: expect.stringMatching(UUID_V4), version_id: '1.2.0' },
          value: 1,
        },
      ])
    }),
  K9: action('message'),
  K10: counted('token_input', '{token}', (usage) => usage.recordTokenUsage(claude, 120, 0), { model_id: claude }, 120),
  K11: counted('token_output', '{token}', (usage) => usage.recordTokenUsage(claude, 0, 30), { model_id: claude }, 30),
  K12: () =>
    withUsage(async (usage, recorder) => {
      usage.recordExecutionTime(claude, 812)
      expect(await overOtlp(recorder, 'execution_time')).toMatchObject([
        { scope: 'quipu.aki', unit: 'ms', attributes: { model_id: claude }, value: { count: 1, sum: 812 } },
      ])
      expect(await familyOf(recorder, 'aki_execution_time_milliseconds')).toMatchObject({ type: 'histogram' })
    }),
  K13: counted('model_usage', '{call}', (usage) => usage.recordModelUsage(claude), { model_id: claude }),
  K14: counted('tool_usage', '{call}', (usage) => usage.recordToolUsage('read_file'), { tool_name: 'read_file' }),
  K15: action('message'),
  K16: action('stop'),
  K17: action('resume'),
  K18: counted('user_action', '{action}', (usage) => usage.recordUserAction('app_startup'), {
    action_type: 'app_startup',
    profile_name: profileName,
  }),
  K19: action('app_shutdown'),
  async K20() {
    const hers = userInfo()
    await withUsage(async (usage, recorder) => {
      usage.recordActiveUser()
      const [point] = await otlpOf(recorder, DimensionNames.USER_ID === 'user_id' ? 'active_user' : '')
      // The document's example value is the OS user name; its promise of anonymity wins (T4).
      expect(point?.attributes.user_id).not.toContain(hers.username)
    })
  },
  K21: dimension('version_id', '1.2.0', (usage) => usage.recordActiveUser(), 'active_user'),
  K22: dimension('model_id', claude, (usage) => usage.recordModelUsage(claude), 'model_usage'),
  async K23() {
    for (const tool of ['read_file', 'shell_command']) {
      await dimension('tool_name', tool, (usage) => usage.recordToolUsage(tool), 'tool_usage')()
    }
  },
  async K24() {
    for (const type of ['message', 'stop', 'resume']) {
      await dimension('action_type', type, (usage) => usage.recordUserAction(type), 'user_action')()
    }
  },
  K25: dimension('profile_name', profileName, (usage) => usage.recordUserAction('message'), 'user_action'),
}

/** A documented example value of a dimension arrives unchanged. */
function dimension(label: string, value: string, say: (usage: UsageMetrics) => void, metric: string) {
  return () =>
    withUsage(async (usage, recorder) => {
      say(usage)
      const [point] = await otlpOf(recorder, metric)
      expect(point?.attributes).toMatchObject({ [label]: value })
    })
}

/** The additions of a developer, by the document's guidelines. */
const defineAdded = () =>
  defineMetrics({ new_metric: { kind: 'counter', help: 'Something new', labels: { some_dimension: 'name' } } })

const ownHelpers: Readonly<Record<keyof typeof MetricNames, string>> = {
  ACTIVE_USER: 'recordActiveUser',
  USER_ACTION: 'recordUserAction',
  // One helper records both, as upstream does.
  TOKEN_INPUT: 'recordTokenUsage',
  TOKEN_OUTPUT: 'recordTokenUsage',
  EXECUTION_TIME: 'recordExecutionTime',
  MODEL_USAGE: 'recordModelUsage',
  TOOL_USAGE: 'recordToolUsage',
}

/** K26–K35: extension. */
const extension: Checks = {
  K26() {
    const methods = Object.getOwnPropertyNames(UsageMetrics.prototype)
    for (const helper of Object.values(ownHelpers)) expect(methods).toContain(helper)
    expect(Object.keys(ownHelpers)).toEqual(Object.keys(MetricNames))
  },
  K27() {
    expect(toDimensionNames(defineAdded().metrics).SOME_DIMENSION).toBe('some_dimension')
    const recorder = createRecorder({ catalog: defineAdded() })
    recorder.recordMetric('new_metric', 1, { some_dimension: 'a' })
    recorder.recordMetric('new_metric', 1, { some_dimension: 'b' })
    const reading = recorder.readings().find(({ name }) => name === 'new_metric')
    expect(reading?.cells().map(({ values }) => values)).toEqual([['a'], ['b']])
  },
  K28() {
    expect(lint(builtinCatalog)).toEqual([])
    const odd = { metrics: { NewMetric: { kind: 'counter', help: 'Something new' } as const }, events: {} }
    expect(lint(odd).map(({ name }) => name)).toContain('NewMetric')
  },
  K29() {
    const guide = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
    const documented = [...guide.matchAll(/^### (.+)$/gm)].map(([, name]) => name)
    for (const name of Object.keys(builtinCatalog.metrics)) expect(documented).toContain(name)
  },
  K30() {
    expect(toMetricNames(defineAdded().metrics)).toEqual({ NEW_METRIC: 'new_metric' })
    expect(Object.keys(MetricNames)).toEqual(Object.keys(ownHelpers))
  },
  K31: () =>
    withFolder(async () => {
      class OwnUsageMetrics extends UsageMetrics {
        recordNewMetric(value: number, some: string): void {
          this.recordMetric('new_metric', value, { dimensions: { some_dimension: some } })
        }
      }
      const recorder = createTestRecorder({ catalog: defineAdded() })
      new OwnUsageMetrics({ recorder }).recordNewMetric(2, 'a')
      expect(recorder.value('new_metric', { some_dimension: 'a' })).toBe(2)
    }),
  K32() {
    const guide = metricsDoc(defineAdded())
    expect(guide).toContain('### new_metric\n\nSomething new.\n')
    expect(guide).toContain('`some_dimension`: class `name`')
  },
  K33: () =>
    withUsage((usage, recorder) => {
      usage.recordMetric(MetricNames.TOKEN_INPUT, 120, { dimensions: { [DimensionNames.MODEL_ID]: claude } })
      expect(recorder.value('token_input', { model_id: claude })).toBe(120)
    }),
  K34() {
    expect(DimensionNames).toEqual({
      USER_ID: 'user_id',
      VERSION_ID: 'version_id',
      ACTION_TYPE: 'action_type',
      PROFILE_NAME: 'profile_name',
      MODEL_ID: 'model_id',
      TOOL_NAME: 'tool_name',
    })
  },
  K35() {
    for (const [constant, name] of [...Object.entries(MetricNames), ...Object.entries(DimensionNames)]) {
      expect(constant).toBe(name.toUpperCase())
    }
    for (const name of Object.values(MetricNames)) expect(Object.keys(builtinCatalog.metrics)).toContain(name)
  },
}

/** Whether only the owner may read a folder of an installation. */
export function modeOf(file: string): number {
  return statSync(file).mode & 0o777
}

export const aki: Checks = { ...properties, ...names, ...extension }
