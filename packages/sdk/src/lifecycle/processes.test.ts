import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { type OtlpReceiver, startOtlpReceiver } from '../../../otlp/fixtures/otlp-receiver.js'
import {
  createPoolFolder,
  createProcessPool,
  freePort,
  type PoolProcess,
  type ProcessPool,
  sample,
} from '../../fixtures/process-pool.js'
import type { AppFolder } from '../../fixtures/run-node.js'

vi.setConfig({ testTimeout: 60_000 })

let apps: AppFolder
let pool: ProcessPool
let receiver: OtlpReceiver

beforeAll(async () => {
  apps = await createPoolFolder()
}, 120_000)
afterAll(() => apps.remove())
beforeEach(async () => {
  pool = createProcessPool(apps)
  receiver = await startOtlpReceiver()
})
afterEach(async () => {
  await pool.close()
  await receiver.close()
})

const INTERVAL_MS = 200
/** Generous, for a busy machine; usually it takes some milliseconds. */
const WAIT = { timeout: 20_000, interval: 20 }
const otlp = (temporality: 'delta' | 'cumulative') => ({
  otlp: { url: receiver.url, temporality, intervalMs: INTERVAL_MS },
})
const acted = async (member: PoolProcess) => sample(await member.page(), 'user_action_total')
const points = () =>
  receiver.requests
    .flatMap((request) => request.points)
    .filter(({ name, attributes }) => name.startsWith('user_action') && attributes.action_type === 'acted')
const exported = () => points().reduce((sum, { value = 0 }) => sum + value, 0)
const startMany = (count: number, options: object) =>
  Promise.all(Array.from({ length: count }, () => pool.start(options)))
/** The leader, as recorded in the folder. */
const leaderOf = (members: readonly PoolProcess[]): PoolProcess => {
  const found = members.find(({ pid }) => leaderLine().startsWith(`${pid}-`))
  if (found === undefined) throw new Error(`no member leads: ${leaderLine()}`)
  return found
}

it('counts all of them once on each page', async () => {
  const members = await startMany(3, {})
  for (const [i, member] of members.entries()) await member.ask('act', i + 1)
  await vi.waitFor(async () => expect(await Promise.all(members.map(acted))).toEqual([6, 6, 6]), WAIT)
})

it('has a page on one port; when its leader is killed, another serves it there', async () => {
  const port = await freePort()
  const members = await startMany(3, { prometheus: { port } })
  for (const member of members) await member.ask('act', 1)
  const page = async () => (await fetch(`http://127.0.0.1:${port}/custom_metrics`)).text()
  await vi.waitFor(async () => expect(sample(await page(), 'user_action_total')).toBe(3), WAIT)
  const leader = leaderOf(members)
  await leader.kill('SIGKILL')
  await vi.waitFor(async () => expect(sample(await page(), 'user_action_total')).toBe(3), WAIT)
  expect(members.map(({ stderr }) => stderr()).join('')).toBe('')
})

it('exports every delta once, although leaders are killed', async () => {
  const members = [...(await startMany(3, otlp('delta')))]
  let recorded = 0
  for (let round = 0; round < 3; round++) {
    for (const member of members) {
      await member.ask('act', 10)
      recorded += 10
    }
    // Published, so that a kill loses nothing.
    await vi.waitFor(
      async () => expect(await Promise.all(members.map(acted))).toEqual(members.map(() => recorded)),
      WAIT,
    )
    if (round < 2) {
      // Exported as well: an export in progress counts as exported.
      await vi.waitFor(() => expect(exported()).toBe(recorded), WAIT)
      const leader = leaderOf(members)
      await leader.kill('SIGKILL')
      await members.find((member) => member !== leader)?.ask('act', 7)
      recorded += 7
      members.splice(members.indexOf(leader), 1, await pool.start(otlp('delta')))
    }
  }
  await vi.waitFor(() => expect(exported()).toBe(recorded), WAIT)
  await Promise.all(members.map((member) => member.ask('shutdown')))
  expect(exported()).toBe(recorded)
})

it('exports all deltas when all of them end at once', async () => {
  const members = await startMany(4, { otlp: { url: receiver.url, temporality: 'delta', intervalMs: 60_000 } })
  await Promise.all(
    members.map(async (member, i) => {
      await member.ask('act', 10 + i)
      await member.ask('shutdown')
    }),
  )
  expect(exported()).toBe(46)
})

it('has one cumulative stream that never decreases, whichever process sends it', async () => {
  const members = await startMany(3, otlp('cumulative'))
  for (const member of members) await member.ask('act', 5)
  await vi.waitFor(() => expect(points().at(-1)?.value).toBe(15), WAIT)
  await leaderOf(members).kill('SIGKILL')
  const before = points().length
  await vi.waitFor(() => expect(points().length).toBeGreaterThan(before + 2), WAIT)
  const values = points().map(({ value = 0 }) => value)
  expect(values).toEqual([...values].sort((a, b) => a - b))
  expect(values.at(-1)).toBe(15)
  expect(new Set(receiver.requests.map(({ resource }) => resource['service.instance.id'])).size).toBe(1)
  // One request per interval, not one per process.
  const count = receiver.requests.length
  const began = performance.now()
  await vi.waitFor(() => expect(receiver.requests.length).toBeGreaterThanOrEqual(count + 6), WAIT)
  expect(performance.now() - began).toBeGreaterThan(4 * INTERVAL_MS)
})

it('continues to count after a shutdown and a new start', async () => {
  const [first, second] = [await pool.start(otlp('delta')), await pool.start(otlp('delta'))]
  for (let i = 1; i <= 3; i++) {
    await first.ask('act', 10)
    await vi.waitFor(async () => expect([await acted(first), await acted(second)]).toEqual([10 * i, 10 * i]), WAIT)
    await first.ask('shutdown')
    expect(await acted(second)).toBe(10 * i)
    await first.ask('start', otlp('delta'))
    expect(await acted(first)).toBe(10 * i)
  }
  await Promise.all([first, second].map((member) => member.ask('shutdown')))
  expect(exported()).toBe(30)
})

it.each(['startCopy', 'startRequired'])(
  'publishes once when two copies of the package are in one process: %s',
  async (load) => {
    const member = await pool.start({})
    expect(await member.ask(load, {})).toBe(true)
    await member.ask('act', 2)
    expect(readdirSync(pool.directory).filter((name) => name.endsWith('.series'))).toHaveLength(1)
    const other = await pool.start({})
    await vi.waitFor(async () => expect(await acted(other)).toBe(2), WAIT)
  },
)

it.each([0, 1])(
  'continues when its modules are loaded again, with or without a shutdown before: %d',
  async (shutsDown) => {
    const [member, other] = [await pool.start({}), await pool.start({})]
    await member.ask('act', 2)
    for (let reloads = 1; reloads <= 3; reloads++) {
      if (shutsDown === 1) await member.ask('shutdown')
      // Each time it acts once.
      await member.ask('reload', {})
      await vi.waitFor(
        async () => expect([await acted(member), await acted(other)]).toEqual([2 + reloads, 2 + reloads]),
        WAIT,
      )
    }
    expect(readdirSync(pool.directory).filter((name) => name.endsWith('.series'))).toHaveLength(2)
  },
)

it('does not use a port of another program, and serves its page there when it is free', async () => {
  const stranger = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => stranger.once('listening', resolve))
  const { port } = stranger.address() as AddressInfo
  const [first, second] = await Promise.all([pool.start(), pool.start()])
  await expect(first?.ask('start', { prometheus: { port } })).rejects.toThrow('QUIPU_PORT_IN_USE')
  await second?.ask('start', { prometheus: { port } })
  await first?.ask('act', 1)
  await second?.ask('act', 1)
  await new Promise((resolve) => stranger.close(resolve))
  const page = async () => (await fetch(`http://127.0.0.1:${port}/custom_metrics`)).text()
  await vi.waitFor(async () => expect(sample(await page(), 'user_action_total')).toBe(2), WAIT)
})

it('does not wait for a stopped process, and reports it as missing', async () => {
  const [first, second] = [await pool.start({}), await pool.start({})]
  await second.ask('act', 3)
  await vi.waitFor(async () => expect(await acted(first)).toBe(3), WAIT)
  second.signal('SIGSTOP')
  const began = performance.now()
  expect(await acted(first)).toBe(3)
  expect(performance.now() - began).toBeLessThan(4000)
  const missing = async () => sample(await first.page(), 'quipu_workers_missing')
  await vi.waitFor(async () => expect(await missing()).toBe(1), WAIT)
  second.signal('SIGCONT')
  await vi.waitFor(async () => expect(await missing()).toBe(0), WAIT)
})

it('has another leader while the first is stopped, and exports nothing twice', async () => {
  const members = await startMany(2, otlp('delta'))
  const leader = leaderOf(members)
  const other = members.find((member) => member !== leader)
  await leader.ask('act', 4)
  await vi.waitFor(() => expect(exported()).toBe(4), WAIT)
  leader.signal('SIGSTOP')
  await other?.ask('act', 5)
  await vi.waitFor(() => expect(exported()).toBe(9), WAIT)
  leader.signal('SIGCONT')
  await leader.ask('act', 1)
  await vi.waitFor(() => expect(exported()).toBe(10), WAIT)
  await Promise.all(members.map((member) => member.ask('shutdown')))
  expect(exported()).toBe(10)
})

it('forgets a user everywhere, whichever process is called: on pages, over OTLP, and in values of ended processes', async () => {
  const [first, second, third] = [
    await pool.start(otlp('cumulative')),
    await pool.start(otlp('cumulative')),
    await pool.start(otlp('cumulative')),
  ]
  const pages = () => Promise.all([first, third].map((member) => member.page()))
  const count = (page: string) => page.split('\n').filter((line) => line.startsWith('workspace_size_bytes{')).length
  for (const member of [first, second]) await member.ask('store', 'jane')
  await second.ask('store', 'joan')
  // Jane is one user, although two processes observed her.
  await vi.waitFor(async () => expect((await pages()).map(count)).toEqual([2, 2]), WAIT)
  await second.kill('SIGKILL')
  await third.ask('forget', 'jane')
  await vi.waitFor(async () => expect((await pages()).map(count)).toEqual([1, 1]), WAIT)
  const sent = receiver.requests.length
  await vi.waitFor(() => expect(receiver.requests.length).toBeGreaterThan(sent + 2), WAIT)
  const sizes = receiver.requests.at(-1)?.points.filter(({ name }) => name.startsWith('workspace_size'))
  expect(sizes).toHaveLength(1)
  // Also when it is the last action of a process.
  await third.ask('forgetAndExit', 'joan')
  await third.gone
  expect(count(await first.page())).toBe(0)
})

it('lets only its owner into the folder', async () => {
  await pool.start({})
  expect(statSync(pool.directory).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(pool.directory)) {
    expect([name, statSync(join(pool.directory, name)).mode & 0o077]).toEqual([name, 0])
  }
})

const spoilt: [reason: string, spoil: (directory: string) => void][] = [
  ['others may look into', (directory) => chmodSync(directory, 0o755)],
  ['is another user’s', (directory) => chownSync(directory, 12_345, 12_345)],
]
// Only root can change the owner of a folder.
const possible = process.getuid?.() === 0 ? spoilt : spoilt.slice(0, 1)

it.each(possible)('does not use a folder that %s, reports it, and shows its own numbers', async (_, spoil) => {
  spoil(pool.directory)
  const member = await pool.start({})
  await member.ask('act', 2)
  expect(await acted(member)).toBe(2)
  expect(readdirSync(pool.directory)).toEqual([])
  expect(member.stderr()).toContain('this process shows its own numbers only')
})

it('removes the folder with the last of them, and no other file', async () => {
  const [first, second] = [await pool.start({}), await pool.start({})]
  await first.ask('exit')
  await first.gone
  expect(existsSync(pool.directory)).toBe(true)
  await second.ask('exit')
  await second.gone
  expect(existsSync(pool.directory)).toBe(false)

  mkdirSync(join(pool.directory, 'other-program'), { recursive: true, mode: 0o700 })
  chmodSync(pool.directory, 0o700)
  const third = await pool.start({})
  await third.ask('exit')
  await third.gone
  expect(readdirSync(pool.directory)).toEqual(['other-program'])
})

it('removes the folders of groups without living processes', async () => {
  const left = join(tmpdir(), `quipu-${process.getuid?.() ?? 'u'}-4194300-1`)
  mkdirSync(left, { mode: 0o700 })
  await pool.start({})
  expect(existsSync(left)).toBe(false)
})

function leaderLine(): string {
  const names = readdirSync(pool.directory).filter((name) => /^leader-\d+$/.test(name))
  const [last = ''] = names.sort((a, b) => Number(b.slice(7)) - Number(a.slice(7)))
  return last === '' ? '' : readFileSync(join(pool.directory, last), 'utf8')
}
