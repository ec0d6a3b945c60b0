import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DimensionNames, MetricNames } from '@quipu/catalog'
import { createTestRecorder } from '@quipu/testing'
import { buildSync } from 'esbuild'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { allSeries, drops } from '../../../store/fixtures/all-series.js'
import { createRecorder, UsageMetrics, type UsageMetricsOptions } from '../index.js'

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const root = mkdtempSync(join(tmpdir(), 'quipu-usage-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let count = 0
let folder = ''
let idFile = ''
beforeEach(() => {
  folder = join(root, String(count++))
  idFile = join(folder, 'state', 'id')
})
const create = (options: UsageMetricsOptions = {}) => {
  const recorder = createTestRecorder({ strict: false })
  return { recorder, usage: new UsageMetrics({ recorder, idFile, ...options }) }
}
const userIds = (recorder: ReturnType<typeof createTestRecorder>) =>
  recorder
    .readings()
    .find((one) => one.name === 'active_user')
    ?.cells()
    .map((cell) => cell.values[0]) ?? []

describe('each method records its metric', () => {
  const options = { versionId: '1.2.0', profileName: 'Aki - Ask me anything' }
  it.each<[string, (usage: UsageMetrics) => void, object]>([
    [
      'recordUserAction',
      (usage) => usage.recordUserAction('message'),
      {
        'user_action{action_type="message",profile_name="Aki - Ask me anything"}': 1,
      },
    ],
    [
      'recordTokenUsage',
      (usage) => usage.recordTokenUsage('anthropic.claude-3-sonnet-20240229-v1:0', 120, 30),
      {
        'token_input{model_id="anthropic.claude-3-sonnet-20240229-v1:0"}': 120,
        'token_output{model_id="anthropic.claude-3-sonnet-20240229-v1:0"}': 30,
      },
    ],
    [
      'recordExecutionTime',
      (usage) => usage.recordExecutionTime('m', 812),
      { 'execution_time{model_id="m"}': { count: 1, sum: 812 } },
    ],
    ['recordModelUsage', (usage) => usage.recordModelUsage('m'), { 'model_usage{model_id="m"}': 1 }],
    ['recordToolUsage', (usage) => usage.recordToolUsage('read_file'), { 'tool_usage{tool_name="read_file"}': 1 }],
    [
      'recordMetric',
      (usage) =>
        usage.recordMetric(MetricNames.TOKEN_INPUT, 120, {
          dimensions: { [DimensionNames.MODEL_ID]: 'm', secret: 'x' },
        }),
      {
        'token_input{model_id="m"}': 120,
      },
    ],
  ])('%s', (_, say, series) => {
    const { recorder, usage } = create(options)
    say(usage)
    expect(allSeries(recorder)).toEqual(series)
    expect(existsSync(idFile)).toBe(false)
  })

  it('recordActiveUser: with the id over OTLP, without it on pages', () => {
    const { recorder, usage } = create(options)
    usage.recordActiveUser()
    usage.recordActiveUser()
    const id = readFileSync(idFile, 'utf8').trim()
    expect(allSeries(recorder)).toEqual({
      [`active_user{user_id="${id}",version_id="1.2.0"}`]: 2,
      'aki_active_user{version_id="1.2.0"}': 2,
      aki_active_users: 1,
    })
    usage.resetUserId()
    usage.recordActiveUser()
    expect(allSeries(recorder).aki_active_users).toBe(2)
  })

  it('recordActiveUser: the users of one recorder are one number, for all objects that count them', () => {
    const { recorder, usage } = create(options)
    const same = new UsageMetrics({ recorder, idFile })
    const another = new UsageMetrics({ recorder, idFile: `${idFile}-2` })
    usage.recordActiveUser()
    another.recordActiveUser()
    same.recordActiveUser()
    expect(allSeries(recorder).aki_active_users).toBe(2)
    const alone = create()
    alone.usage.recordActiveUser()
    expect(allSeries(alone.recorder).aki_active_users).toBe(1)
  })

  it('unknown names are counted', () => {
    const { recorder, usage } = create()
    usage.recordMetric('no_such_metric', 1)
    expect(drops(recorder)).toEqual({ 'unknown unknown_metric': 1 })
  })
})

describe('the installation’s id', () => {
  it('is random, stored in a file that only its owner can read, and stays the same', () => {
    const { recorder, usage } = create()
    usage.recordActiveUser()
    const [id] = userIds(recorder)
    expect(id).toMatch(UUID_V4)
    expect(readFileSync(idFile, 'utf8')).toBe(`${id}\n`)
    expect(statSync(idFile).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'state')).mode & 0o777).toBe(0o700)
    const again = create()
    again.usage.recordActiveUser()
    expect(userIds(again.recorder)).toEqual([id])
  })

  it('differs after a reset', () => {
    const { recorder, usage } = create()
    usage.recordActiveUser()
    usage.resetUserId()
    expect(existsSync(idFile)).toBe(false)
    usage.recordActiveUser()
    expect(new Set(userIds(recorder)).size).toBe(2)
  })

  it.each(['', 'root', 'not-a-uuid\n', '00000000-0000-1000-8000-000000000000'])(
    'replaces the invalid id %o',
    (text) => {
      mkdirSync(join(folder, 'state'), { recursive: true })
      writeFileSync(idFile, text)
      const { recorder, usage } = create()
      usage.recordActiveUser()
      expect(userIds(recorder)[0]).toMatch(UUID_V4)
      expect(readFileSync(idFile, 'utf8').trim()).toBe(userIds(recorder)[0])
      expect(statSync(idFile).mode & 0o777).toBe(0o600)
    },
  )

  it('lasts as long as the process without a writable file', () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'state'), 'a file, where a folder should be')
    const { recorder, usage } = create()
    usage.recordActiveUser()
    usage.recordActiveUser()
    expect(userIds(recorder)).toEqual([expect.stringMatching(UUID_V4)])
  })
})

describe('switched off', () => {
  const everything = (usage: UsageMetrics) => {
    usage.recordActiveUser()
    usage.recordUserAction('message')
    usage.recordTokenUsage('m', 1, 1)
    usage.recordMetric('token_input', 1, { dimensions: { model_id: 'm' } })
    usage.resetUserId()
  }

  it('by its option, it records nothing and creates no file', () => {
    const { recorder, usage } = create({ enabled: false })
    everything(usage)
    expect(allSeries(recorder)).toEqual({})
    expect(existsSync(folder)).toBe(false)
  })

  it('by the vocabulary as well', () => {
    const recorder = createRecorder({ vocabularies: ['securetrack'] })
    everything(new UsageMetrics({ recorder, idFile }))
    recorder.configure({ vocabularies: ['securetrack', 'aki'] })
    expect(allSeries(recorder)).toEqual({})
    expect(existsSync(folder)).toBe(false)
  })
})

describe('in a separate process', () => {
  const bundle = join(root, 'usage.mjs')
  const program = `
    import os from 'node:os'
    const asked = []
    os.userInfo = () => { asked.push('userInfo'); return { username: 'planted-os-user' } }
    process.env = new Proxy(process.env, { get: (env, name) => { if (/^(USER|USERNAME|LOGNAME)$/.test(String(name))) asked.push(name); return env[name] } })
    const { UsageMetrics, defaultRecorder } = await import(${JSON.stringify(bundle)})
    const usage = new UsageMetrics()
    usage.recordActiveUser()
    usage.recordUserAction('message')
    const recorder = defaultRecorder()
    const held = recorder.readings().flatMap((one) => one.cells().map((cell) => [one.name, ...cell.values, cell.data[cell.at]].join(' ')))
    const { resourceMetrics } = await recorder.producer().collect()
    console.log(JSON.stringify({ asked, held, otlp: resourceMetrics }))
  `
  const run = (env: Record<string, string>) => {
    buildSync({
      entryPoints: [fileURLToPath(new URL('../index.ts', import.meta.url))],
      outfile: bundle,
      bundle: true,
      format: 'esm',
      platform: 'node',
      conditions: ['@quipu/source'],
    })
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        USER: 'planted-user',
        LOGNAME: 'planted-user',
        USERNAME: 'planted-user',
        ...env,
      },
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([0, ''])
    return { stdout, ...JSON.parse(stdout) }
  }

  it('the operating system’s user is never read and appears nowhere', () => {
    const { asked, held, stdout } = run({})
    expect(asked).toEqual([])
    expect(held.filter((one: string) => one.startsWith('active_user ')).length).toBe(1)
    expect(stdout).not.toMatch(/planted/)
    expect(statSync(join(folder, '.quipu', 'installation-id')).mode & 0o777).toBe(0o600)
  })

  it.each([{ DO_NOT_TRACK: '1' }, { OTEL_SDK_DISABLED: 'true' }])('%o creates no file and no series', (env) => {
    const { held } = run(env)
    expect(held.filter((one: string) => /^(active_user|aki_active_user|user_action) .*[^ 0]$/.test(one))).toEqual([])
    expect(existsSync(join(folder, '.quipu'))).toBe(false)
  })

  it('the folder for state can be chosen', () => {
    const state = join(folder, 'elsewhere')
    run({ QUIPU_STATE_DIR: state })
    expect(readFileSync(join(state, 'installation-id'), 'utf8').trim()).toMatch(UUID_V4)
  })

  it('without a home directory the id lasts as long as the process', () => {
    const { held } = run({ HOME: '/dev/null/home' })
    expect(held.filter((one: string) => one.startsWith('active_user ')).length).toBe(1)
  })
})
