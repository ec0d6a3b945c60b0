import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type OtlpReceiver, startOtlpReceiver } from '../../../otlp/fixtures/otlp-receiver.js'
import { type AppFolder, createAppFolder } from '../../fixtures/run-node.js'

let apps: AppFolder
let receiver: OtlpReceiver

beforeAll(async () => {
  apps = await createAppFolder()
  apps.write(
    'app.mjs',
    `
    import { start, trackUserAction, logMetric } from '@quipu/sdk'
    import { fileSink } from '@quipu/activity-log'
    const { ENDING, SIGNALS, SINK } = process.env
    const quipu = start({
      activityLog: SINK ? { sink: fileSink(SINK) } : undefined,
      exitHooks: SIGNALS ? { signals: SIGNALS.split(',') } : undefined,
    })
    for (let i = 0; i < 100; i++) trackUserAction('last')
    logMetric('error', 'a@example.com', { error_type: 'timeout' })
    const wait = () => setInterval(() => {}, 1000)
    const endings = {
      natural: () => {},
      exitCode: () => { process.exitCode = 4 },
      wait: () => { wait(); console.log('waiting') },
      hostDecides: () => { process.on('SIGTERM', () => { console.log('the app had its say'); setTimeout(() => process.exit(7), 500) }); wait(); console.log('waiting') },
      exit: () => process.exit(3),
      uncaught: () => { throw new Error('boom') },
      shutdown: async () => { console.log(JSON.stringify({ ...(await quipu.shutdown()), errors: [] })) },
      inFlight: () => { void quipu.flush() },
    }
    await endings[ENDING]()
  `,
  )
}, 120_000)
afterAll(() => apps.remove())
beforeEach(async () => {
  receiver = await startOtlpReceiver()
})
afterEach(() => receiver.close())

const env = (ENDING: string, more: NodeJS.ProcessEnv = {}) => ({
  ENDING,
  OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  ...more,
})

const arrived = () =>
  receiver.requests.flatMap(({ points }) => points).find(({ attributes }) => attributes.action_type === 'last')?.value

test.each([
  ['natural', 0],
  ['exitCode', 4],
  ['shutdown', 0],
])('what was recorded last arrives when the process ends: %s', async (ending, code) => {
  const result = await apps.run('app.mjs', { env: env(ending) })
  expect(result).toMatchObject({ code, stderr: '' })
  expect(arrived()).toBe(100)
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  'on %s, when asked to, everything arrives and the signal still ends the process',
  async (signal) => {
    const result = await apps.run('app.mjs', {
      env: env('wait', { SIGNALS: 'SIGTERM,SIGINT' }),
      onOutput: ({ stdout }, child) => {
        if (stdout.includes('waiting')) child.kill(signal)
      },
    })
    expect(result).toMatchObject({ code: null, signal })
    expect(arrived()).toBe(100)
  },
)

test('an application that listens to the signal decides itself how it ends', async () => {
  const result = await apps.run('app.mjs', {
    env: env('hostDecides', { SIGNALS: 'SIGTERM' }),
    onOutput: ({ stdout }, child) => {
      if (stdout.endsWith('waiting\n')) child.kill('SIGTERM')
    },
  })
  expect(result).toMatchObject({ code: 7, signal: null })
  expect(result.stdout).toContain('the app had its say')
  expect(arrived()).toBe(100)
})

test('a signal nobody asked us to hear ends the process at once, as ever', async () => {
  const result = await apps.run('app.mjs', {
    env: env('wait'),
    onOutput: ({ stdout }, child) => {
      if (stdout.includes('waiting')) child.kill('SIGTERM')
    },
  })
  expect(result).toMatchObject({ code: null, signal: 'SIGTERM' })
  expect(receiver.requests).toEqual([])
})

test.each([
  ['exit', 3],
  ['uncaught', 1],
  ['natural', 0],
])('the lines of a file are there after %s', async (ending, code) => {
  const path = join(apps.path, `${ending}.log`)
  const result = await apps.run('app.mjs', {
    env: env(ending, { SINK: path, FEATURE_METRICS_LOGGING_ENABLED: 'true' }),
  })
  expect(result.code).toBe(code)
  expect(readFileSync(path, 'utf8')).toBe('[METRIC] [a@example.com] error error_type=timeout\n')
})

test.each([
  ['refuses', 'http://127.0.0.1:1'],
  ['never answers', undefined],
])('a process whose collector %s ends by itself within the deadline', async (_, url) => {
  receiver.reply = () => 'hang'
  const startedAt = performance.now()
  const result = await apps.run('app.mjs', {
    env: env('natural', url === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: url }),
  })
  expect(result).toMatchObject({ code: 0, signal: null })
  // Two seconds of deadline; the rest is the start of Node on a busy machine. Without a deadline it would be ten.
  expect(performance.now() - startedAt).toBeLessThan(8000)
})

test('after shutdown against a collector that never answers no timer keeps the process', async () => {
  receiver.reply = () => 'hang'
  const startedAt = performance.now()
  const result = await apps.run('app.mjs', { env: env('shutdown') })
  expect(JSON.parse(result.stdout)).toMatchObject({ delivered: 0, held: 0 })
  expect(performance.now() - startedAt).toBeLessThan(8000)
})

test('an open page does not keep the process alive', async () => {
  apps.write(
    'pages.mjs',
    `import { start } from '@quipu/sdk'; const q = start({ prometheus: { port: 0 } }); const { urls } = await q.ready; await (await fetch(urls.custom)).text(); console.log('done')`,
  )
  const result = await apps.run('pages.mjs')
  expect(result).toEqual({ code: 0, signal: null, stdout: 'done\n', stderr: '' })
})

test('under OTEL_SDK_DISABLED nothing is loaded, opened or written', async () => {
  apps.write(
    'disabled.mjs',
    `
    import { createRequire } from 'node:module'
    import { start, logMetric, trackUserAction, withFeature } from '@quipu/sdk'
    import { fileSink } from '@quipu/activity-log'
    const quipu = start({ prometheus: { port: 9464 }, otlp: true, activityLog: { enabled: true, sink: fileSink('never.log') } })
    trackUserAction('a')
    logMetric('error', 'a@example.com', { error_type: 'timeout' })
    const result = await withFeature('f', async () => 42)
    const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('sdk-node'))
    console.log(result, JSON.stringify(await quipu.ready), loaded.length, process.getActiveResourcesInfo().filter((kind) => /TCP|Timeout/.test(kind)).length)
    console.log((await import('node:fs')).existsSync('never.log'))
  `,
  )
  const result = await apps.run('disabled.mjs', { env: { OTEL_SDK_DISABLED: 'true' } })
  expect(result.stdout).toBe('42 {"urls":{"custom":"","standard":""}} 0 0\nfalse\n')
  expect(result).toMatchObject({ code: 0, stderr: '' })
})

test('a CommonJS application requires it', async () => {
  apps.write(
    'app.cjs',
    `const { start, trackUserAction } = require('@quipu/sdk'); const q = start(); trackUserAction('cjs'); q.page('custom_metrics').then((page) => console.log(page.includes('action_type="cjs"')))`,
  )
  const result = await apps.run('app.cjs', { args: ['--no-warnings'] })
  expect(result).toMatchObject({ code: 0, stdout: 'true\n', stderr: '' })
})
