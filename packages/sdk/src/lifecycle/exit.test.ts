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
    import { createServer } from 'node:http'
    import { onExit } from 'signal-exit'
    const { ENDING, SIGNALS, SINK, HOOKS, TIMEOUT_MS } = process.env
    const quipu = start({
      activityLog: SINK ? { sink: fileSink(SINK) } : undefined,
      exitHooks: HOOKS === 'off' ? false : SIGNALS ? { signals: SIGNALS.split(',') } : undefined,
      shutdownTimeoutMs: TIMEOUT_MS ? Number(TIMEOUT_MS) : undefined,
    })
    for (let i = 0; i < 100; i++) trackUserAction('last')
    logMetric('error', 'a@example.com', { error_type: 'timeout' })
    const wait = () => setInterval(() => {}, 1000)
    const endings = {
      natural: () => {},
      exitCode: () => { process.exitCode = 4 },
      wait: () => { wait(); console.log('waiting') },
      hostDecides: () => { process.on('SIGTERM', () => { console.log('the app had its say'); setTimeout(() => process.exit(7), 500) }); wait(); console.log('waiting') },
      hostCloses: () => {
        const server = createServer().listen(0, '127.0.0.1', () => console.log('waiting'))
        process.once('SIGTERM', () => {
          console.log('the app had its say')
          setTimeout(() => { trackUserAction('last'); server.close() }, 300)
        })
      },
      signalExit: () => { onExit(() => console.log('cleaned up')); wait(); count() },
      // Like NestJS.
      hostRaises: () => {
        process.on('SIGTERM', async function clean() {
          console.log('cleaned up')
          process.removeListener('SIGTERM', clean)
          process.kill(process.pid, 'SIGTERM')
        })
        wait()
        count()
      },
      removesAll: () => { process.on('SIGTERM', () => {}); process.removeAllListeners('SIGTERM'); wait(); count() },
      recordsLate: async () => {
        const done = quipu.shutdown()
        setTimeout(() => trackUserAction('late'), 50)
        const { dropped, errors } = await done
        console.log(JSON.stringify({ dropped, errors: errors.map((error) => error.message) }))
      },
      exit: () => process.exit(3),
      flushThenExit: async () => { await quipu.flush(); process.exit(3) },
      shutdownThenExit: async () => { await quipu.shutdown(); process.exit(3) },
      // Like tsx and many applications.
      hostExits: () => { process.on('SIGTERM', () => process.exit(9)); wait(); count() },
      uncaught: () => { throw new Error('boom') },
      shutdown: async () => { console.log(JSON.stringify({ ...(await quipu.shutdown()), errors: [] })) },
      inFlight: () => { void quipu.flush() },
    }
    function count() { console.log('waiting', process.listenerCount('SIGTERM')) }
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

/** The maximum of all exports: the points are cumulative, and there may be several exports. */
const arrived = () => {
  const points = receiver.requests.flatMap((request) => request.points)
  return Math.max(...points.filter(({ attributes }) => attributes.action_type === 'last').map(({ value = 0 }) => value))
}

test.each([
  ['natural', 0],
  ['exitCode', 4],
  ['shutdown', 0],
])('the last values arrive when the process ends: %s', async (ending, code) => {
  const result = await apps.run('app.mjs', { env: env(ending) })
  expect(result).toMatchObject({ code, stderr: '' })
  expect(arrived()).toBe(100)
})

const endingSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** Runs the application until it waits, and sends it a signal. */
const runUntil = (signal: NodeJS.Signals, ending: string, more: NodeJS.ProcessEnv = {}) => {
  let isSent = false
  return apps.run('app.mjs', {
    env: env(ending, more),
    onOutput: ({ stdout }, child) => {
      if (isSent || !stdout.includes('waiting')) return
      isSent = true
      child.kill(signal)
    },
  })
}

test.each(endingSignals)('on %s everything arrives, and the signal ends the process', async (signal) => {
  const result = await runUntil(signal, 'wait')
  expect(result).toMatchObject({ code: null, signal, stderr: '' })
  expect(arrived()).toBe(100)
})

test.each([
  ['decides after a while', 'hostDecides', 7],
  ['closes what it has and ends by itself', 'hostCloses', 0],
])(
  'an application that listens to the signal decides about its end, and everything arrives: %s',
  async (_, ending, code) => {
    const result = await runUntil('SIGTERM', ending)
    expect(result).toMatchObject({ code, signal: null, stderr: '' })
    expect(result.stdout).toContain('the app had its say')
    expect(arrived()).toBe(ending === 'hostCloses' ? 101 : 100)
  },
)

test.each(['signalExit', 'hostRaises'])(
  'a library that ends the process after its clean-up finds the listeners it expects, and everything arrives: %s',
  async (ending) => {
    const result = await runUntil('SIGTERM', ending)
    expect(result).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' })
    expect(result.stdout).toBe('waiting 1\ncleaned up\n')
    expect(arrived()).toBe(100)
  },
)

test('an application that removes all listeners of a signal ends by it, and everything arrives', async () => {
  const result = await runUntil('SIGTERM', 'removesAll')
  expect(result).toMatchObject({ code: null, signal: 'SIGTERM', stdout: 'waiting 0\n' })
  expect(arrived()).toBe(100)
})

test.each([
  ['exit', 3, ''],
  ['uncaught', 1, 'Error: boom'],
  ['hostExits', 9, ''],
])('the last values arrive when the process ends at once: %s', async (ending, code, stderr) => {
  const result =
    ending === 'hostExits' ? await runUntil('SIGTERM', ending) : await apps.run('app.mjs', { env: env(ending) })
  expect(result).toMatchObject({ code, signal: null })
  expect(result.stderr).toContain(stderr)
  expect(arrived()).toBe(100)
})

test.each([
  ['refuses', 'http://127.0.0.1:1'],
  ['never answers', undefined],
])('process.exit() waits at most a second for a collector that %s', async (_, url) => {
  receiver.reply = () => 'hang'
  const more = url === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: url }
  expect(await apps.run('app.mjs', { env: env('exit', more) })).toMatchObject({ code: 3, signal: null, stderr: '' })
})

test('deltas are sent once, for a natural end and for process.exit()', async () => {
  for (const ending of ['exit', 'flushThenExit', 'shutdownThenExit']) {
    receiver.requests.length = 0
    await apps.run('app.mjs', { env: env(ending, { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta' }) })
    const points = receiver.requests.flatMap((request) => request.points)
    const values = points.filter(({ attributes }) => attributes.action_type === 'last').map(({ value = 0 }) => value)
    expect(values.reduce((sum, value) => sum + value, 0)).toBe(100)
  }
})

test('a second signal ends the process at once, in any state of the collector', async () => {
  let send = (): void => undefined
  let isSent = false
  receiver.reply = () => {
    // The first signal has been handled: the last export is in progress.
    send()
    return 'hang'
  }
  const result = await apps.run('app.mjs', {
    env: env('wait', { TIMEOUT_MS: '60000' }),
    onOutput: ({ stdout }, child) => {
      if (isSent || !stdout.includes('waiting')) return
      isSent = true
      send = () => child.kill('SIGINT')
      send()
    },
  })
  expect(result).toMatchObject({ code: null, signal: 'SIGINT' })
})

test('values recorded during the last export are delivered or counted as dropped', async () => {
  receiver.reply = () => 'hang'
  const result = await apps.run('app.mjs', { env: env('recordsLate') })
  expect(result.code).toBe(0)
  const { dropped, errors } = JSON.parse(result.stdout)
  expect(dropped).toBeGreaterThan(0)
  expect(errors).toContain('1 series changed after the last export had begun')
})

test.each([
  ['a signal that is not named', { SIGNALS: 'SIGINT' }],
  ['any signal under exitHooks: false', { HOOKS: 'off' }],
])('%s ends the process at once, as without Quipu', async (_, more) => {
  const result = await runUntil('SIGTERM', 'wait', more)
  expect(result).toMatchObject({ code: null, signal: 'SIGTERM' })
  expect(receiver.requests).toEqual([])
})

test.each([
  ['exit', 3],
  ['uncaught', 1],
  ['natural', 0],
])('a file has all lines after %s', async (ending, code) => {
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
  // A deadline of two seconds; the rest is the start of Node on a busy machine. Without the deadline it would take ten.
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
