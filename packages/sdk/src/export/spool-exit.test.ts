import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FaultServer, startFaultServer } from '../../../otlp/fixtures/fault-server.js'
import { type AppFolder, createAppFolder } from '../../fixtures/run-node.js'

let apps: AppFolder
let server: FaultServer
let directory: string

beforeAll(async () => {
  apps = await createAppFolder()
  apps.write(
    'app.mjs',
    `
    import { start, trackUserAction, logMetric } from '@quipu/sdk'
    const { ENDING, TEMPORALITY, URL, DIRECTORY } = process.env
    const quipu = start({
      otlp: { url: URL, temporality: TEMPORALITY, spool: { directory: DIRECTORY }, timeoutMs: 500 },
      activityLog: { enabled: true, sink: false, otlp: true },
      exitHooks: { signals: ['SIGTERM'] },
      standardMetrics: false,
    })
    const record = (count) => {
      for (let i = 0; i < count; i++) trackUserAction('last')
      for (let i = 0; i < count; i++) logMetric('error', 'a@example.com', { error_type: 'timeout' })
    }
    const wait = () => { setInterval(() => {}, 1000); console.log('waiting') }
    if (ENDING !== 'none') record(60)
    const endings = {
      none: () => {},
      natural: () => record(40),
      shutdown: async () => {
        record(40)
        console.log(JSON.stringify({ ...(await quipu.shutdown()), errors: [] }))
        process.exit(0)
      },
      exit: async () => { await quipu.flush(); record(40); process.exit(3) },
      uncaught: async () => { await quipu.flush(); record(40); setImmediate(() => { throw new Error('boom') }) },
      SIGTERM: () => { record(40); wait() },
      SIGKILL: async () => { const { held } = await quipu.flush(); console.log('held', held); record(40); wait() },
      outage: async () => { await quipu.flush(); record(40); await quipu.flush(); wait() },
    }
    await endings[ENDING]()
  `,
  )
  apps.write(
    'instruments.mjs',
    `
    import { createServer, get } from 'node:http'
    import { metrics } from '@opentelemetry/api'
    import { start } from '@quipu/sdk'
    const { ENDING, TEMPORALITY, URL, DIRECTORY } = process.env
    const quipu = start({ otlp: { url: URL, temporality: TEMPORALITY, spool: { directory: DIRECTORY } } })
    const server = createServer((request, response) => response.end('answered')).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const ask = () => new Promise((resolve) => get({ port: server.address().port, host: '127.0.0.1', agent: false },
      (response) => response.resume().on('end', () => setImmediate(resolve))))
    const meter = metrics.getMeter('shop')
    const orders = meter.createCounter('shop.orders')
    const basket = meter.createHistogram('shop.basket')
    orders.add(2)
    basket.record(5)
    await ask()
    await quipu.flush()
    orders.add(3)
    basket.record(7)
    await ask()
    if (ENDING === 'exit') process.exit(3)
    setImmediate(() => { throw new Error('boom') })
  `,
  )
}, 120_000)
afterAll(() => apps?.remove())
beforeEach(async () => {
  server = await startFaultServer()
  directory = join(apps.path, 'spool')
})
afterEach(async () => {
  await server.close()
  rmSync(directory, { recursive: true, force: true })
})

function runApp(ENDING: string, TEMPORALITY: 'delta' | 'cumulative', signal?: NodeJS.Signals) {
  let isSent = false
  return apps.run('app.mjs', {
    env: { ENDING, TEMPORALITY, URL: server.url, DIRECTORY: directory },
    onOutput: ({ stdout }, child) => {
      // A second signal ends it at once.
      if (isSent || signal === undefined || !stdout.includes('waiting')) return
      isSent = true
      child.kill(signal)
    },
  })
}

/** The user actions that have arrived: the sum of deltas, or the sum of the last values of cumulative series. */
function actions(temporality: 'delta' | 'cumulative'): number {
  const points = server.arrived.filter(({ attributes }) => attributes.action_type === 'last')
  if (temporality === 'delta') return points.reduce((sum, { value = 0 }) => sum + value, 0)
  return Math.max(0, ...points.map(({ value = 0 }) => value))
}
const errors = () => server.arrivedLogs.filter(({ eventName }) => eventName === 'error').length

const spooled = () =>
  existsSync(directory)
    ? readdirSync(directory, { recursive: true }).filter((name) => /\.(?:pb|json)$/.test(String(name)))
    : []

const endings = [
  ['natural', 0, null],
  ['shutdown', 0, null],
  ['exit', 3, null],
  ['uncaught', 1, null],
  ['SIGTERM', null, 'SIGTERM'],
] as const

/** The counts of OpenTelemetry's own instruments, of the application and of the standard metrics. */
function counted(temporality: 'delta' | 'cumulative', name: string): number {
  const points = server.arrived.filter((point) => point.name === name)
  const numbers = points.map(({ value, count }) => value ?? count ?? 0)
  return temporality === 'delta' ? numbers.reduce((a, b) => a + b, 0) : Math.max(0, ...numbers)
}

for (const temporality of ['delta', 'cumulative'] as const) {
  test.each(['exit', 'uncaught'])(
    `${temporality}: after %s, the last values of OpenTelemetry’s own instruments arrive with the next start`,
    async (ending) => {
      const result = await apps.run('instruments.mjs', {
        env: { ENDING: ending, TEMPORALITY: temporality, URL: server.url, DIRECTORY: directory },
      })
      expect(result.code).toBe(ending === 'exit' ? 3 : 1)
      expect(counted(temporality, 'shop.orders')).toBe(2)
      await runApp('none', temporality)
      expect(counted(temporality, 'shop.orders')).toBe(5)
      expect(counted(temporality, 'shop.basket')).toBe(2)
      expect(counted(temporality, 'http.server.request.duration')).toBe(2)
      expect(spooled()).toEqual([])
    },
  )

  test.each(endings)(
    `${temporality}: with a reachable collector, everything arrives after %s, or waits for the next start`,
    async (ending, code, signal) => {
      const result = await runApp(ending, temporality, signal ?? undefined)
      expect(result).toMatchObject({ code, signal })
      if (spooled().length > 0) await runApp('none', temporality)
      expect(actions(temporality)).toBe(100)
      expect(errors()).toBe(100)
      expect(spooled()).toEqual([])
    },
  )

  test.each(endings)(
    `${temporality}: with an unreachable collector, everything is on disk after %s, and arrives with the next start`,
    async (ending, code, signal) => {
      await server.become(ending === 'shutdown' ? 'hang' : 'refuse')
      const result = await runApp(ending, temporality, signal ?? undefined)
      expect(result).toMatchObject({ code, signal })
      expect(spooled().length).toBeGreaterThan(0)
      if (ending === 'shutdown') {
        const outcome: { delivered: number; held: number; dropped: number } = JSON.parse(result.stdout)
        expect(outcome).toMatchObject({ delivered: 0, dropped: 0 })
        expect(outcome.held).toBeGreaterThan(100)
      }
      await server.become('none')
      await runApp('none', temporality)
      expect(actions(temporality)).toBe(100)
      expect(errors()).toBe(100)
      expect(spooled()).toEqual([])
    },
  )

  test(`${temporality}: after SIGKILL held batches arrive with the next start`, async () => {
    await server.become('refuse')
    const result = await runApp('SIGKILL', temporality, 'SIGKILL')
    expect(result).toMatchObject({ code: null, signal: 'SIGKILL' })
    expect(Number(result.stdout.split(' ')[1]?.split('\n')[0])).toBeGreaterThan(60)
    await server.become('none')
    await runApp('none', temporality)
    expect(actions(temporality)).toBeGreaterThanOrEqual(60)
    expect(errors()).toBeGreaterThanOrEqual(60)
    expect(spooled()).toEqual([])
  })

  test(`${temporality}: a process that is killed in an outage loses no exported point`, async () => {
    await server.become('503')
    await runApp('outage', temporality, 'SIGKILL')
    await server.become('none')
    await runApp('none', temporality)
    expect(actions(temporality)).toBe(100)
    expect(errors()).toBe(100)
  })
}
