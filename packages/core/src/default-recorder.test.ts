import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineMetrics } from '@quipu/catalog'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allSeries } from '../../store/fixtures/all-series.js'
import * as core from './index.js'
import { createNoopRecorder } from './noop-recorder.js'

describe('the helpers of the package', () => {
  it('use the one recorder of the process, from the first import on', async () => {
    const recorder = core.defaultRecorder()
    expect(core.defaultRecorder()).toBe(recorder)
    const decorated = core.trackFeature('search', (n: number) => n * 2)
    expect(decorated(21)).toBe(42)
    core.trackUserLogin()
    core.recordLlmTokens('gpt-4', 1, 2)
    await core.withUser('user@example.com', () =>
      core.withAttribution({ feature: 'chat' }, async () => core.withLlmCall({ model: 'gpt-4' }, async () => 'Hé!')),
    )
    const ask = core.trackLlmCall('ask', async (_request: { model: string }) => 'Hé!')
    await ask({ model: 'gpt-5' })
    new core.FeatureMetrics('block').end()
    new core.UserActionTimer('upload').end()
    expect(allSeries(recorder)).toMatchObject({
      user_logins_total: 1,
      'feature_usage_total{feature_name="search"}': 1,
      'feature_usage_total{feature_name="block"}': 1,
      'user_action_total{action_type="upload"}': 1,
      'llm_tokens_total{model="gpt-4",type="total"}': 3,
      'llm_requests_total{model="gpt-4",endpoint="chat"}': 1,
      'llm_requests_total{model="gpt-5",endpoint="ask"}': 1,
    })
  })
})

describe('a disabled recorder', () => {
  const shop = defineMetrics({ shop_orders_total: { kind: 'counter', help: 'Orders' } })

  it('has the same interface, runs functions, and records nothing', async () => {
    const recorder = createNoopRecorder()
    expect(Object.keys(recorder).sort()).toEqual(Object.keys(core.createRecorder()).sort())
    expect(recorder.withFeature('search', () => 7)).toBe(7)
    const failure = new Error('x')
    await expect(
      recorder.withLlmCall({ model: 'm' }, async () => {
        throw failure
      }),
    ).rejects.toBe(failure)
    recorder.trackUserLogin()
    recorder.metrics.user_logins_total.with().add()
    recorder.metrics.app_active_sessions.set(1)
    recorder.recordMetric('user_logins_total', 1)
    recorder.drop('app', 'bad_label')
    recorder.configure({ vocabularies: ['securetrack'], activityLog: true })
    recorder.onActivity(() => expect.unreachable())
    recorder.logMetric('error')
    expect([recorder.readings(), recorder.activityLogOn, recorder.records('self')]).toEqual([[], false, false])
    expect(recorder.prepareEvent('error', null, {})).toBeNull()
    const { resourceMetrics, errors } = await recorder.producer({ temporality: 'delta' }).collect()
    expect([resourceMetrics.scopeMetrics, errors]).toEqual([[], []])
  })

  it('still has your own metrics', () => {
    const recorder = createNoopRecorder().extend(shop)
    recorder.metrics.shop_orders_total.add(1)
    expect(recorder.readings()).toEqual([])
    expect(recorder.metrics.shop_orders_total.remove()).toBe(0)
    expect([recorder.declaresEvent('llm_call'), recorder.declaresEvent('no_such_event')]).toEqual([true, false])
    const taken = defineMetrics({ shop_orders: { kind: 'counter', help: 'Orders' } })
    expect(() => recorder.extend(taken)).toThrow(expect.objectContaining({ code: 'QUIPU_CATALOG_NAME_COLLISION' }))
  })
})

describe('a package that is loaded twice', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quipu-twice-'))
  const copies = { esm: join(folder, 'core.mjs'), cjs: join(folder, 'core.cjs') } as const
  beforeAll(() => {
    for (const [format, outfile] of Object.entries(copies)) {
      buildSync({
        entryPoints: [fileURLToPath(new URL('index.ts', import.meta.url))],
        outfile,
        bundle: true,
        format: format === 'esm' ? 'esm' : 'cjs',
        platform: 'node',
        conditions: ['@quipu/source'],
      })
    }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const run = (program: string, env: Record<string, string> = {}) => {
    const text = `
      import { createRequire } from 'node:module'
      const one = await import(${JSON.stringify(copies.esm)})
      const other = createRequire(import.meta.url)(${JSON.stringify(copies.cjs)})
      const print = (value) => console.log(JSON.stringify(value))
      const held = (recorder, name) => recorder.readings().find((reading) => reading.name === name)?.cells().map((cell) => [...cell.values, cell.data[cell.at]])
      ${program}`
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', text], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...env },
    })
    expect([status, stderr]).toEqual([0, ''])
    return JSON.parse(stdout)
  }

  it('has one recorder', () => {
    const shared = run(`
      one.trackUserLogin(); other.trackUserLogin()
      print([one.trackUserLogin !== other.trackUserLogin, one.defaultRecorder() === other.defaultRecorder(), held(other.defaultRecorder(), 'user_logins_total')])`)
    expect(shared).toEqual([true, true, [[2]]])
  })

  it('has one context: copies share users and open calls', () => {
    const shared = run(
      `
      const recorder = one.defaultRecorder()
      const users = []
      recorder.onActivity((event) => users.push(event.user))
      await one.withUser('user', async () => { await null; other.trackError('timeout') })
      await one.withLlmCall({ model: 'm', endpoint: 'chat' }, async () => {
        const call = other.defaultRecorder().startLlmCall({ model: 'm' })
        call.usage({ input_tokens: 1, output_tokens: 2 })
        call.end()
      })
      print([users, held(recorder, 'llm_requests_total'), held(recorder, 'llm_tokens_total')])`,
      { FEATURE_METRICS_LOGGING_ENABLED: 'true' },
    )
    expect(shared).toEqual([
      ['user', null],
      [['m', 'chat', 1]],
      [
        ['m', 'input', 1],
        ['m', 'output', 2],
        ['m', 'total', 3],
      ],
    ])
  })

  it('is disabled under OTEL_SDK_DISABLED', () => {
    const shared = run(
      `one.trackUserLogin(); print([one.defaultRecorder() === other.defaultRecorder(), one.defaultRecorder().readings(), other.withFeature('x', () => 7)])`,
      { OTEL_SDK_DISABLED: 'true' },
    )
    expect(shared).toEqual([true, [], 7])
  })

  it('needs no module of Node: without them a context is valid for synchronous code', () => {
    const shared = run(
      `
      const users = []
      one.defaultRecorder().onActivity((event) => users.push(event.user))
      one.withUser('user', () => one.withUser('inner', () => one.trackError('timeout')) ?? one.trackError('timeout'))
      try { one.withUser('thrower', () => { throw new Error('x') }) } catch {}
      one.trackError('timeout')
      print(users)`.replace('const users', 'process.getBuiltinModule = undefined; const users'),
      { FEATURE_METRICS_LOGGING_ENABLED: 'true' },
    )
    expect(shared).toEqual(['inner', 'user', null])
  })
})
