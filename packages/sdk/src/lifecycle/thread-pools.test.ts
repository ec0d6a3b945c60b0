import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type OtlpReceiver, startOtlpReceiver } from '../../../otlp/fixtures/otlp-receiver.js'
import { type AppFolder, createAppFolder } from '../../fixtures/run-node.js'

vi.setConfig({ testTimeout: 60_000 })

let apps: AppFolder
let receiver: OtlpReceiver

beforeAll(async () => {
  receiver = await startOtlpReceiver()
  apps = await createAppFolder()
  // All threads of an application have one catalogue. None of them publishes after its answer, because it is busy.
  apps.write(
    'application.mjs',
    `
    import { defineMetrics } from '@quipu/catalog'
    import { start } from '@quipu/sdk'
    import { Worker, isMainThread, parentPort } from 'node:worker_threads'
    const labels = { job: 'name' }
    const catalog = defineMetrics({
      jobs_total: { kind: 'counter', help: 'Jobs', labels },
      held_items: { kind: 'upDownCounter', help: 'Items', merge: 'sum', labels },
      job_seconds: { kind: 'histogram', help: 'Time', buckets: [1, 2], labels },
      job_size: { kind: 'summary', help: 'Size', labels },
      top_level: { kind: 'gauge', help: 'Level', merge: 'max', labels },
    })
    export const begin = (options) => start({ processes: 'workers', standardMetrics: false, catalog, ...options })
    export const answers = (worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    export const blockForEver = () => { for (;;); }
    export const samples = async (quipu, pattern) => {
      const page = await quipu.page('custom_metrics')
      const lines = page.split('\\n').filter((line) => pattern.test(line)).map((line) => line.split(' '))
      return Object.fromEntries(lines.map(([name, value]) => [name, Number(value)]))
    }
    export const say = (what) => console.log(JSON.stringify(what))
    export { Worker, isMainThread, parentPort }
  `,
  )
}, 120_000)
afterAll(async () => {
  apps.remove()
  await receiver.close()
})

/** The lines that a run printed; it succeeded without an error output. */
async function run(name: string, source: string): Promise<unknown[]> {
  apps.write(
    name,
    `import { answers, begin, blockForEver, isMainThread, parentPort, samples, say, Worker } from './application.mjs'\n${source}`,
  )
  const { stdout, stderr, code } = await apps.run(name)
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  const lines = stdout.trim().split('\n')
  return lines.map((line) => JSON.parse(line))
}

it('counts values that threads published before they were terminated, in all kinds of metrics', async () => {
  const [page] = await run(
    'pool.mjs',
    `
    const ROUNDS = 4, THREADS = 4, TIMES = 1000
    if (isMainThread) {
      const quipu = begin({ otlp: { url: '${receiver.url}', temporality: 'delta', intervalMs: 60_000 } })
      for (let round = 0; round < ROUNDS; round++) {
        await Promise.all(Array.from({ length: THREADS }, async (_, i) => {
          const worker = new Worker(new URL(import.meta.url), { argv: [round * THREADS + i] })
          await answers(worker)
          await worker.terminate()
        }))
        // In between, so that later values are a delta.
        if (round === 1) await quipu.flush()
      }
      say(await samples(quipu, /^(jobs_total|held_items|job_s|top_level)/))
      await quipu.shutdown()
    } else {
      const quipu = begin()
      const { jobs_total, held_items, job_seconds, job_size, top_level } = quipu.metrics
      for (let i = 0; i < TIMES; i++) {
        jobs_total.add(2, { job: 'new' })
        held_items.add(1, { job: 'new' })
        job_seconds.record(1.5, { job: 'new' })
        job_size.record(3, { job: 'new' })
        top_level.set(Number(process.argv[2]), { job: 'new' })
      }
      await quipu.flush()
      parentPort.postMessage('done')
      blockForEver()
    }
  `,
  )
  const times = 16_000
  expect(page).toEqual({
    'jobs_total{job="new"}': 2 * times,
    'held_items{job="new"}': times,
    'job_seconds_bucket{job="new",le="1.0"}': 0,
    'job_seconds_bucket{job="new",le="2.0"}': times,
    'job_seconds_bucket{job="new",le="+Inf"}': times,
    'job_seconds_sum{job="new"}': 1.5 * times,
    'job_seconds_count{job="new"}': times,
    'job_size_sum{job="new"}': 3 * times,
    'job_size_count{job="new"}': times,
    'top_level{job="new"}': 15,
  })
  const points = receiver.requests.flatMap((request) => request.points)
  const total = (name: string, field: 'value' | 'sum' | 'count'): number =>
    points.filter((point) => point.name === name).reduce((sum, point) => sum + Number(point[field]), 0)
  expect({
    jobs: total('jobs_total', 'value'),
    seconds: [total('job_seconds', 'count'), total('job_seconds', 'sum')],
    size: [total('job_size', 'count'), total('job_size', 'sum')],
  }).toEqual({ jobs: 2 * times, seconds: [times, 1.5 * times], size: [times, 3 * times] })
})

it.each([
  [
    'tinypool',
    `import { Tinypool } from 'tinypool'; export const createPool = (filename) => new Tinypool({ filename, minThreads: 2, maxThreads: 2 })`,
  ],
  [
    'piscina',
    `import { Piscina } from 'piscina'; export const createPool = (filename) => new Piscina({ filename, minThreads: 2, maxThreads: 2 })`,
  ],
])('counts each task of a pool whose threads wait without a turn of their event loop: %s', async (_, source) => {
  apps.write('create-pool.mjs', source)
  apps.write(
    'task.mjs',
    `
    import { begin } from './application.mjs'
    const { metrics } = begin()
    export default (number) => {
      metrics.jobs_total.add(1, { job: 'task' })
      metrics.job_seconds.record(1.5, { job: String(number % 10) })
    }
  `,
  )
  const seen = await run(
    'tasks.mjs',
    `
    import { createPool } from './create-pool.mjs'
    const quipu = begin()
    const pool = createPool(new URL('./task.mjs', import.meta.url).href)
    const count = 1000
    await Promise.all(Array.from({ length: count }, (_, i) => pool.run(i)))
    let page
    for (let tries = 0; tries < 200; tries++) {
      page = await samples(quipu, /^(jobs_total|job_seconds_count)/)
      if (page['jobs_total{job="task"}'] === count) break
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    say(page['jobs_total{job="task"}'])
    say(Object.entries(page).reduce((sum, [name, value]) => sum + (/seconds/.test(name) ? value : 0), 0))
    await pool.destroy()
    say((await samples(quipu, /^jobs_total/))['jobs_total{job="task"}'])
  `,
  )
  expect(seen).toEqual([1000, 1000, 1000])
})

it('does not touch the host’s messages, and lets threads and process end', async () => {
  const seen = await run(
    'host.mjs',
    `
    import { BroadcastChannel } from 'node:worker_threads'
    const own = new BroadcastChannel('the host’s')
    if (isMainThread) {
      const heard = new Promise((resolve) => { own.onmessage = ({ data }) => resolve(data) })
      const quipu = begin()
      const worker = new Worker(new URL(import.meta.url), { workerData: 'data' })
      worker.on('message', (message) => say(['port', message]))
      await new Promise((resolve) => worker.once('exit', resolve))
      say(['channel', await heard])
      say(await samples(quipu, /^jobs_total/))
      own.close()
    } else {
      const { workerData } = await import('node:worker_threads')
      const { metrics } = begin()
      for (let i = 0; i < 1000; i++) metrics.jobs_total.add(1, { job: \`\${i % 100}\` })
      parentPort.postMessage(workerData)
      own.postMessage('said')
      own.close()
    }
  `,
  )
  expect(seen.slice(0, 2).sort()).toEqual([
    ['channel', 'said'],
    ['port', 'data'],
  ])
  expect(Object.values(Object(seen[2]))).toEqual(Array.from({ length: 100 }, () => 10))
})
