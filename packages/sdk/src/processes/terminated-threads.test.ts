import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type OtlpReceiver, startOtlpReceiver } from '../../fixtures/otlp-receiver.js'
import { type AppFolder, createAppFolder } from '../../fixtures/run-node.js'

vi.setConfig({ testTimeout: 60_000 })

let apps: AppFolder
let receiver: OtlpReceiver

beforeAll(async () => {
  receiver = await startOtlpReceiver()
  apps = await createAppFolder()
  // All threads of an application have one catalogue. None of them publishes any more once it has answered: it is busy.
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

/** What a run printed, line by line; it ended well and complained of nothing. */
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

it('loses nothing of what threads recorded before they answered and were terminated', async () => {
  const [page] = await run(
    'pool.mjs',
    `
    const ROUNDS = 4, THREADS = 4, TIMES = 1000
    if (isMainThread) {
      const quipu = begin({ otlp: { url: '${receiver.url}', temporality: 'delta', intervalMs: 60_000 } })
      quipu.metrics.jobs_total.add(1, { job: 'known' })
      for (let round = 0; round < ROUNDS; round++) {
        await Promise.all(Array.from({ length: THREADS }, async (_, i) => {
          const worker = new Worker(new URL(import.meta.url))
          await answers(worker)
          worker.postMessage(round * THREADS + i)
          await answers(worker)
          await worker.terminate()
        }))
        // In between, so that what comes after is a delta to it.
        if (round === 1) await quipu.flush()
      }
      say(await samples(quipu, /^(jobs_total|held_items|job_s|top_level)/))
      await quipu.shutdown()
    } else {
      const { metrics } = begin()
      const { jobs_total, held_items, job_seconds, job_size, top_level } = metrics
      jobs_total.add(1, { job: 'known' })
      const handle = jobs_total.with({ job: 'known' })
      parentPort.once('message', (number) => {
        for (let i = 0; i < TIMES; i++) {
          handle.add()
          jobs_total.add(2, { job: 'new' })
          held_items.add(1, { job: 'new' })
          job_seconds.record(1.5, { job: 'new' })
          job_size.record(3, { job: 'new' })
          top_level.set(number, { job: 'new' })
        }
        parentPort.postMessage('done')
        blockForEver()
      })
      parentPort.postMessage('begun')
    }
  `,
  )
  const times = 16_000
  expect(page).toEqual({
    'jobs_total{job="known"}': times + 17,
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
  const total = (name: string, job: string, field: 'value' | 'sum' | 'count'): number =>
    points
      .filter((point) => point.name === name && point.attributes.job === job)
      .reduce((sum, point) => sum + Number(point[field]), 0)
  expect({
    known: total('jobs_total', 'known', 'value'),
    new: total('jobs_total', 'new', 'value'),
    seconds: [total('job_seconds', 'new', 'count'), total('job_seconds', 'new', 'sum')],
    size: [total('job_size', 'new', 'count'), total('job_size', 'new', 'sum')],
  }).toEqual({ known: times + 17, new: 2 * times, seconds: [times, 1.5 * times], size: [times, 3 * times] })
})

it('counts a thread that lived for a moment only, and nothing of what it had removed', async () => {
  const seen = await run(
    'moment.mjs',
    `
    if (isMainThread) {
      const quipu = begin()
      quipu.metrics.jobs_total.add(2, { job: 'old' })
      const worker = new Worker(new URL(import.meta.url))
      await answers(worker)
      say(await samples(quipu, /^jobs_total/))
      worker.postMessage('go on')
      await answers(worker)
      await worker.terminate()
      say(await samples(quipu, /^jobs_total/))
    } else {
      const quipu = begin()
      quipu.metrics.jobs_total.add(5, { job: 'old' })
      // It is published when a page was made here.
      await quipu.page('custom_metrics')
      parentPort.once('message', () => {
        quipu.metrics.jobs_total.remove({ job: 'old' })
        quipu.metrics.jobs_total.add(7, { job: 'new' })
        parentPort.postMessage('done')
        blockForEver()
      })
      parentPort.postMessage('begun')
    }
  `,
  )
  expect(seen).toEqual([{ 'jobs_total{job="old"}': 7 }, { 'jobs_total{job="old"}': 2, 'jobs_total{job="new"}': 7 }])
})

// That the second has ended the kernel alone knows, who started it being gone.
it.runIf(process.platform === 'linux')(
  'counts what a thread’s threads recorded: one that it terminates, and one that ends with it',
  async () => {
    const [seen] = await run(
      'nested.mjs',
      `
    const here = new URL(import.meta.url)
    if (isMainThread) {
      const quipu = begin()
      const worker = new Worker(here, { argv: ['parent'] })
      await answers(worker)
      await worker.terminate()
      say(await samples(quipu, /^jobs_total/))
    } else if (process.argv[2] === 'parent') {
      const { metrics } = begin()
      const children = [new Worker(here, { argv: ['child'] }), new Worker(here, { argv: ['child'] })]
      await Promise.all(children.map(answers))
      await children[0].terminate()
      metrics.jobs_total.add(1, { job: 'parent' })
      parentPort.postMessage('done')
      blockForEver()
    } else {
      begin().metrics.jobs_total.add(1, { job: 'child' })
      parentPort.postMessage('done')
      blockForEver()
    }
  `,
    )
    expect(seen).toEqual({ 'jobs_total{job="parent"}': 1, 'jobs_total{job="child"}': 2 })
  },
)

it.each(['that waits without giving its event loop a turn', 'that is terminated after each task'])(
  'loses nothing of what the tasks of a pool recorded: tinypool, %s',
  async (how) => {
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
      import { Tinypool } from 'tinypool'
      const quipu = begin()
      const isolateWorkers = ${how.includes('each task')}
      const pool = new Tinypool({ filename: new URL('./task.mjs', import.meta.url).href, isolateWorkers, minThreads: 2, maxThreads: 2 })
      const numbers = Array.from({ length: isolateWorkers ? 20 : 1000 }, (_, i) => i)
      await Promise.all(numbers.map((number) => pool.run(number)))
      await pool.destroy()
      const page = await samples(quipu, /^(jobs_total|job_seconds_count)/)
      say(page['jobs_total{job="task"}'] / numbers.length)
      say(Object.entries(page).reduce((sum, [name, value]) => sum + (/seconds/.test(name) ? value : 0), 0) / numbers.length)
    `,
    )
    expect(seen).toEqual([1, 1])
  },
)

it('counts what is published where there is no shared memory', async () => {
  const [seen] = await run(
    'heap.mjs',
    `
    if (isMainThread) {
      const quipu = begin()
      const worker = new Worker(new URL(import.meta.url))
      await answers(worker)
      await worker.terminate()
      say(await samples(quipu, /^jobs_total/))
    } else {
      globalThis.SharedArrayBuffer = class { constructor() { throw new RangeError('there is none') } }
      const quipu = begin()
      quipu.metrics.jobs_total.add(3, { job: 'a' })
      await quipu.page('custom_metrics')
      parentPort.postMessage('done')
      blockForEver()
    }
  `,
  )
  expect(seen).toEqual({ 'jobs_total{job="a"}': 3 })
})

it('leaves the host’s messages alone, and lets threads and process end', async () => {
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
