import { readdirSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { startOtlpReceiver } from '../../../otlp/fixtures/otlp-receiver.js'
import { freePort, sample } from '../../fixtures/process-pool.js'
import { type AppFolder, createAppFolder } from '../../fixtures/run-node.js'

vi.setConfig({ testTimeout: 60_000 })

let apps: AppFolder

beforeAll(async () => {
  apps = await createAppFolder()
  // The work of every process: it records once, and ends with the process that started it.
  apps.write(
    'part.js',
    `
    const sdk = () => require('@quipu/sdk')
    exports.act = () => sdk().trackUserAction('acted')
    exports.start = (options) => sdk().start({ standardMetrics: false, ...options })
    exports.stay = () => { setInterval(() => {}, 1000); process.on('disconnect', () => process.exit()) }
  `,
  )
  apps.write(
    'child.cjs',
    `const { act, start, stay } = require('./part.js'); if (process.env.START) start(); act(); stay()`,
  )
}, 120_000)
afterAll(() => apps.remove())
const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

const WAIT = { timeout: 30_000, interval: 50 }
const read = async (port: number, page = 'custom_metrics') =>
  await fetch(`http://127.0.0.1:${port}/${page}`).then(
    (response) => response.text(),
    () => undefined,
  )

/** Runs a program until the end of the test, which reads its output meanwhile. */
function run(name: string, { args = [], env = {} }: { args?: readonly string[]; env?: NodeJS.ProcessEnv }) {
  let stderr = ''
  let stdout = ''
  const ended = apps.run(name, {
    args: ['--no-warnings', ...args],
    env,
    onStart: (child) => void stops.push(child.killAll),
    onOutput: (output) => {
      stderr = output.stderr
      stdout = output.stdout
    },
  })
  return { ended, stderr: () => stderr, stdout: () => stdout }
}

const shapes: readonly [shape: string, program: string, count: number][] = [
  [
    'a primary that forks, and works too',
    `const cluster = require('node:cluster')
     if (cluster.isPrimary) { for (let i = 0; i < 3; i++) cluster.fork() }`,
    4,
  ],
  [
    'a pool of forked children',
    `const { fork } = require('node:child_process')
     for (let i = 0; i < 3; i++) fork(require.resolve('./child.cjs'))`,
    4,
  ],
  [
    'threads',
    `const { Worker, isMainThread } = require('node:worker_threads')
     if (isMainThread) for (let i = 0; i < 3; i++) new Worker(__filename)`,
    4,
  ],
  [
    'a mix of forks and threads, some of which start others',
    `const { fork } = require('node:child_process'), { Worker } = require('node:worker_threads')
     new Worker(require.resolve('./child.cjs'))
     fork(require.resolve('./threaded.cjs'))`,
    4,
  ],
  [
    'a child that a shell starts',
    `require('node:child_process').exec('"' + process.execPath + '" ' + process.execArgv.join(' ') + ' child.cjs', { cwd: __dirname })`,
    2,
  ],
]

it.each(shapes)(
  'has everything on the documented port under register, and prints one line: %s',
  async (_, source, count) => {
    const port = await freePort()
    apps.write(
      'threaded.cjs',
      `new (require('node:worker_threads').Worker)(require.resolve('./child.cjs')); require('./child.cjs')`,
    )
    apps.write('app.cjs', `console.log('up'); ${source}\nconst { act, stay } = require('./part.js'); act(); stay()`)
    const app = run('app.cjs', {
      args: ['--import', '@quipu/sdk/register'],
      env: { OTEL_EXPORTER_PROMETHEUS_PORT: String(port) },
    })
    await vi.waitFor(
      async () => expect(sample((await read(port)) ?? '', 'user_action_total{action_type="acted"}')).toBe(count),
      WAIT,
    )
    expect(await read(port + 1)).toBeUndefined()
    expect(app.stderr().match(/pages http:.*/g)).toEqual([`pages http://127.0.0.1:${port}/custom_metrics`])
  },
)

it.each(shapes.slice(0, 4))(
  'has everything on the documented port under start() in each process: %s',
  async (_, source, count) => {
    const port = await freePort()
    apps.write(
      'threaded.cjs',
      `new (require('node:worker_threads').Worker)(require.resolve('./child.cjs')); require('./child.cjs')`,
    )
    apps.write(
      'app.cjs',
      `console.log('up'); const { act, start, stay } = require('./part.js')\nstart({ prometheus: { port: ${port} } })\n${source}\nact(); stay()`,
    )
    run('app.cjs', { env: { START: '1' } })
    await vi.waitFor(
      async () => expect(sample((await read(port)) ?? '', 'user_action_total{action_type="acted"}')).toBe(count),
      WAIT,
    )
  },
)

it('a single process creates no folder and publishes nothing', async () => {
  apps.write(
    'alone.cjs',
    `const { act, start } = require('./part.js'); const quipu = start(); act()
     quipu.page('custom_metrics').then((page) => console.log(/acted"} 1/.test(page), require('node:fs').existsSync(process.env.QUIPU_PROCESS_DIR)))`,
  )
  expect(await apps.run('alone.cjs')).toMatchObject({ stdout: 'true false\n', stderr: '', code: 0 })
})

it.each([
  [
    'npm',
    (folder: string) =>
      `const { execFileSync } = require('node:child_process'); execFileSync('npm', ['start', '--silent'], { cwd: ${JSON.stringify(folder)}, stdio: 'inherit' })`,
  ],
])('%s, which loads register only because of NODE_OPTIONS, uses no port and prints nothing', async (_, launch) => {
  const port = await freePort()
  apps.write('package.json', JSON.stringify({ scripts: { start: 'node app.cjs' } }))
  apps.write('app.cjs', `console.log('up'); const { act, stay } = require('./part.js'); act(); stay()`)
  apps.write('launcher.cjs', launch(apps.path))
  const app = run('launcher.cjs', {
    env: { OTEL_EXPORTER_PROMETHEUS_PORT: String(port), NODE_OPTIONS: '--import @quipu/sdk/register' },
  })
  await vi.waitFor(async () => expect(await read(port)).toContain('action_type="acted"'), WAIT)
  expect(app.stderr()).not.toContain(`${port + 1}`)
})

it('exports the values of a child that ended before its parent started to export', async () => {
  const receiver = await startOtlpReceiver()
  stops.push(() => void receiver.close())
  apps.write('short.cjs', `const { act, start } = require('./part.js'); const quipu = start(); act(); quipu.shutdown()`)
  apps.write(
    'starts-early.cjs',
    `
    const { start } = require('./part.js')
    require('node:child_process').execFileSync(process.execPath, [...process.execArgv, 'short.cjs'], { cwd: __dirname })
    start().shutdown()
  `,
  )
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }
  expect(await apps.run('starts-early.cjs', { args: ['--import', '@quipu/sdk/register'], env })).toMatchObject({
    code: 0,
  })
  const points = receiver.requests
    .flatMap((request) => request.points)
    .filter(({ attributes }) => attributes.action_type === 'acted')
  // Sums are cumulative, and exported more than once at the end.
  expect(new Set(points.map(({ value }) => value))).toEqual(new Set([1]))
})

it('exports every delta once when a single process starts others', async () => {
  const receiver = await startOtlpReceiver()
  stops.push(() => void receiver.close())
  apps.write(
    'grows.cjs',
    `
    const { fork } = require('node:child_process')
    const { act, start } = require('./part.js')
    const quipu = start({ otlp: { url: '${receiver.url}', temporality: 'delta', intervalMs: 60_000 } })
    const main = async () => {
      act(); act()
      await quipu.flush()
      act()
      const child = fork(require.resolve('./child.cjs'))
      for (let tries = 0; tries < 500; tries++) {
        if (/acted"} 4/.test(await quipu.page('custom_metrics'))) break
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      act()
      await quipu.flush()
      act()
      child.disconnect()
      await new Promise((resolve) => child.once('exit', resolve))
      await quipu.shutdown()
    }
    main()
  `,
  )
  expect(await apps.run('grows.cjs', { env: { START: '1' } })).toMatchObject({ stderr: '', code: 0 })
  const points = receiver.requests
    .flatMap((request) => request.points)
    .filter(({ attributes }) => attributes.action_type === 'acted')
  expect(points.map(({ value }) => value)).toEqual([2, 1, 2, 1])
  expect(new Set(receiver.requests.map(({ resource }) => resource['service.instance.id'])).size).toBe(1)
})

it('has the standard metrics of all on the documented port: requests are added, a process counts once with its threads', async () => {
  const port = await freePort()
  apps.write(
    'serves.cjs',
    `
    const cluster = require('node:cluster'), http = require('node:http'), { Worker, isMainThread } = require('node:worker_threads')
    const { stay } = require('./part.js')
    if (cluster.isPrimary && isMainThread) {
      for (let i = 0; i < 2; i++) cluster.fork()
      cluster.on('listening', (_, { port }) => ask(port))
      let asked = 0
      const ask = async (port) => {
        if (++asked < 2) return
        for (let i = 0; i < 10; i++) await (await fetch('http://127.0.0.1:' + port + '/')).text()
        const pids = Object.values(cluster.workers).map((worker) => worker.process.pid)
        console.log('pids ' + [process.pid, ...pids].join(' ') + '\\nasked')
      }
    } else if (isMainThread) {
      http.createServer((_, response) => response.end('x')).listen(0, '127.0.0.1')
      new Worker(__filename); new Worker(__filename)
    }
    stay()
  `,
  )
  const app = run('serves.cjs', {
    args: ['--import', '@quipu/sdk/register'],
    env: { OTEL_EXPORTER_PROMETHEUS_PORT: String(port) },
  })
  const samples = async (name: string) => {
    const lines = ((await read(port, 'metrics')) ?? '').split('\n').filter((line) => line.startsWith(name))
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
  }
  await vi.waitFor(() => expect(app.stdout()).toContain('asked'), WAIT)
  await vi.waitFor(async () => expect(await samples('http_server_request_duration_seconds_count')).toBe(10), WAIT)
  // Only Linux lists the descriptors of a process. Counted per thread, they would be more than twice as many.
  if (process.platform !== 'linux') return
  const pids = /pids (.*)/.exec(app.stdout())?.[1]?.split(' ') ?? []
  expect(pids).toHaveLength(3)
  // Processes that still load modules have more open files in one moment than in the next.
  await vi.waitFor(async () => {
    const there = pids.reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0)
    const counted = await samples('process_unix_file_descriptor_count')
    expect(counted / there).toBeGreaterThan(0.6)
    expect(counted / there).toBeLessThan(1.6)
  }, WAIT)
})

it('no longer has the open requests of workers that crashed or were killed, and keeps their finished ones', async () => {
  const port = await freePort()
  apps.write(
    'crashes.cjs',
    `
    const cluster = require('node:cluster'), http = require('node:http')
    require('./part.js').stay()
    if (cluster.isPrimary) {
      let listening = 0
      for (let i = 0; i < 3; i++) cluster.fork()
      cluster.on('listening', (_, { port }) => ++listening === 3 && console.log('listening on ' + port))
    } else {
      http.createServer(({ url }, response) => {
        if (url === '/hang') return response.write('x')
        if (url === '/done') return response.end('x')
        if (url === '/kill') process.kill(process.pid, 'SIGKILL')
        throw new Error('crash')
      }).listen(0, '127.0.0.1')
    }
  `,
  )
  const app = run('crashes.cjs', {
    args: ['--import', '@quipu/sdk/register'],
    env: { OTEL_EXPORTER_PROMETHEUS_PORT: String(port) },
  })
  const samples = async (name: string) => {
    const lines = ((await read(port, 'metrics')) ?? '').split('\n').filter((line) => line.startsWith(name))
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
  }
  await vi.waitFor(() => expect(app.stdout()).toContain('listening on'), WAIT)
  const base = `http://127.0.0.1:${/listening on (\d+)/.exec(app.stdout())?.[1]}`
  const done = 'http_server_request_duration_seconds_count'
  for (let i = 0; i < 9; i++) await (await fetch(`${base}/done`, { headers: { connection: 'close' } })).text()
  const hanging = await Promise.all(Array.from({ length: 6 }, () => fetch(`${base}/hang`)))
  let open = hanging.length
  for (const response of hanging) void response.text().catch(() => open--)
  await vi.waitFor(async () => expect(await samples('http_server_active_requests')).toBe(6), WAIT)
  await vi.waitFor(async () => expect(await samples(done)).toBe(9), WAIT)
  for (const path of ['/crash', '/kill']) await fetch(base + path).catch(() => undefined)
  await vi.waitFor(() => expect(open).toBeLessThan(6), WAIT)
  await vi.waitFor(async () => expect(await samples('http_server_active_requests')).toBe(open), WAIT)
  expect(await samples(done)).toBeGreaterThanOrEqual(9)
})
