import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createPoolFolder } from '../../fixtures/process-pool.js'
import type { AppFolder } from '../../fixtures/run-node.js'

vi.setConfig({ testTimeout: 60_000 })

let apps: AppFolder

beforeAll(async () => {
  apps = await createPoolFolder()
  // Waits for a page with the expected values, or returns the last one.
  apps.write(
    'pages.mjs',
    `
    const sample = (page, name) => {
      const line = page.split('\\n').find((each) => each.startsWith(name + '{') || each.startsWith(name + ' '))
      return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1))
    }
    export async function until(quipu, expected) {
      let seen
      for (let tries = 0; tries < 400; tries++) {
        const page = await quipu.page('custom_metrics')
        seen = Object.fromEntries(Object.keys(expected).map((name) => [name, sample(page, name)]))
        if (JSON.stringify(seen) === JSON.stringify(expected)) break
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      console.log(JSON.stringify(seen))
    }
  `,
  )
}, 120_000)
afterAll(() => apps.remove())

const lines = (stdout: string): unknown[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

/** Removes the information about threads and processes that only Linux has. */
const withoutKernel = `
  import fs, { readFileSync, readlinkSync } from 'node:fs'
  import { syncBuiltinESMExports } from 'node:module'
  const unlessKernel = (read) => (path, ...rest) => {
    if (String(path).startsWith('/proc/')) throw new Error('there is no /proc')
    return read(path, ...rest)
  }
  Object.assign(fs, { readFileSync: unlessKernel(readFileSync), readlinkSync: unlessKernel(readlinkSync) })
  syncBuiltinESMExports()
`

it.each([
  ['with the kernel’s numbers of threads', ''],
  ['without them', withoutKernel],
])(
  'counts main thread and workers together; when one ends its sessions end and its counts stay: %s',
  async (_, before) => {
    apps.write('before.mjs', before)
    apps.write(
      'threads.mjs',
      `
    import './before.mjs'
    import { readdirSync } from 'node:fs'
    import { Worker, isMainThread, parentPort } from 'node:worker_threads'
    import { until } from './pages.mjs'
    // A separate copy, loaded later.
    const { start, trackUserAction, trackSessionStart } = await import('@quipu/sdk')
    const quipu = start({ processes: 'workers', standardMetrics: false })
    trackUserAction('acted')
    trackSessionStart('s')
    if (isMainThread) {
      const begin = async () => {
        const worker = new Worker(new URL(import.meta.url))
        worker.on('error', () => undefined)
        await new Promise((resolve) => worker.once('message', resolve))
        return worker
      }
      const ended = (worker) => new Promise((resolve) => worker.once('exit', resolve))
      const workers = await Promise.all([begin(), begin(), begin()])
      await until(quipu, { user_action_total: 4, app_active_sessions: 4, quipu_workers_missing: 0 })
      await workers[0].terminate()
      await until(quipu, { user_action_total: 4, app_active_sessions: 3 })
      const last = await begin()
      await until(quipu, { user_action_total: 5, app_active_sessions: 4 })
      for (const [i, how] of ['exit', 'throw'].entries()) {
        workers[i + 1].postMessage(how)
        await ended(workers[i + 1])
      }
      // Values that a thread records while it ends by itself are published.
      await until(quipu, { user_action_total: 7, app_active_sessions: 2 })
      await last.terminate()
      await until(quipu, { user_action_total: 7, app_active_sessions: 1, quipu_workers_missing: 0 })
      // Files of ended threads are merged, so that their number stays bounded.
      const files = () => readdirSync(process.env.QUIPU_PROCESS_DIR).filter((name) => name.endsWith('.numbers')).length
      for (let tries = 0; tries < 400 && files() > 1; tries++) await new Promise((resolve) => setTimeout(resolve, 50))
      console.log(JSON.stringify({ files: files() }))
      await until(quipu, { user_action_total: 7 })
      process.exit(0)
    }
    parentPort.once('message', (how) => {
      trackUserAction('acted')
      if (how === 'throw') throw new Error('on purpose')
      process.exit(0)
    })
    // It reports after publishing: terminate() loses everything after that.
    await quipu.page('custom_metrics')
    parentPort.postMessage('begun')
  `,
    )
    const { stdout, stderr, code } = await apps.run('threads.mjs')
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(lines(stdout)).toEqual([
      { user_action_total: 4, app_active_sessions: 4, quipu_workers_missing: 0 },
      { user_action_total: 4, app_active_sessions: 3 },
      { user_action_total: 5, app_active_sessions: 4 },
      { user_action_total: 7, app_active_sessions: 2 },
      { user_action_total: 7, app_active_sessions: 1, quipu_workers_missing: 0 },
      { files: 1 },
      { user_action_total: 7 },
    ])
  },
)

it.each([
  [
    'cluster, which finds itself',
    `import cluster from 'node:cluster'; export const child = () => cluster.fork().process`,
    '{}',
  ],
  [
    'fork after start',
    `import { fork } from 'node:child_process'; export const child = () => fork(process.argv[1], ['child'])`,
    "{ processes: 'cluster' }",
  ],
  [
    'spawn after start',
    `import { spawn } from 'node:child_process'
     export const child = () => spawn(process.execPath, [process.argv[1], 'child'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })`,
    "{ processes: 'cluster' }",
  ],
])('a primary that runs Quipu leads, serves the page and counts its children: %s', async (_, children, options) => {
  apps.write('children.mjs', children)
  apps.write(
    'primary.mjs',
    `
    import cluster from 'node:cluster'
    import { start, trackUserAction } from '@quipu/sdk'
    import { child } from './children.mjs'
    import { until } from './pages.mjs'
    const isChild = cluster.isWorker || process.argv[2] === 'child'
    const quipu = start({ standardMetrics: false, prometheus: { port: 0 }, ...(isChild ? ${options} : { processes: 'cluster' }) })
    const { urls } = await quipu.ready
    trackUserAction('acted')
    if (isChild) {
      await quipu.page('custom_metrics')
      process.send('begun')
      setInterval(() => {}, 1000)
    } else {
      const fork = async () => {
        const one = child()
        await new Promise((resolve) => one.once('message', resolve))
        return one
      }
      const living = await Promise.all([fork(), fork()])
      const served = { page: async () => (await fetch(urls.custom)).text() }
      await until(served, { user_action_total: 3 })
      for (const one of living) {
        one.kill('SIGKILL')
        await new Promise((resolve) => one.once('exit', resolve))
      }
      await until(served, { user_action_total: 3 })
      const last = await fork()
      await until(served, { user_action_total: 4 })
      last.kill('SIGKILL')
      process.exit(0)
    }
  `,
  )
  const { stdout, stderr, code } = await apps.run('primary.mjs')
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  expect(lines(stdout)).toEqual([{ user_action_total: 3 }, { user_action_total: 3 }, { user_action_total: 4 }])
})

// Like PM2 7 in cluster mode: its daemon, which does not run Quipu, forks the workers of all applications.
it('counts the workers of each of PM2’s applications separately', async () => {
  apps.write(
    'worker.mjs',
    `
    import { start, trackUserAction } from '@quipu/sdk'
    import { until } from './pages.mjs'
    const quipu = start({ standardMetrics: false })
    trackUserAction('acted')
    await quipu.page('custom_metrics')
    process.on('message', async (expected) => {
      await until(quipu, { user_action_total: expected })
      process.send('seen')
    })
    process.send('begun')
  `,
  )
  apps.write(
    'daemon.mjs',
    `
    import cluster from 'node:cluster'
    const exec = new URL('./worker.mjs', import.meta.url).pathname
    const answer = (worker) => new Promise((resolve) => worker.once('message', resolve))
    const fork = (name, id) => {
      cluster.setupPrimary({ exec })
      return cluster.fork({ name, pm_exec_path: exec, pm_id: id, NODE_APP_INSTANCE: id, exec_mode: 'cluster_mode' })
    }
    const one = [fork('one', 0), fork('one', 1), fork('one', 2)]
    const two = [fork('two', 3)]
    await Promise.all([...one, ...two].map(answer))
    const ask = (worker, expected) => { worker.send(expected); return answer(worker) }
    for (const worker of one) await ask(worker, 3)
    await ask(two[0], 1)
    // Killed, and replaced under the same number.
    one[0].process.kill('SIGKILL')
    await new Promise((resolve) => one[0].once('exit', resolve))
    one[0] = fork('one', 0)
    await answer(one[0])
    for (const worker of one) await ask(worker, 4)
    for (const worker of [...one, ...two]) worker.process.kill('SIGKILL')
    process.exit(0)
  `,
  )
  const { stdout, stderr, code } = await apps.run('daemon.mjs')
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  expect(lines(stdout)).toEqual([3, 3, 3, 1, 4, 4, 4].map((count) => ({ user_action_total: count })))
})
