import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type FaultServer, startFaultServer } from '../../../otlp/fixtures/fault-server.js'
import {
  createPoolFolder,
  createProcessPool,
  type PoolProcess,
  type ProcessPool,
  sample,
} from '../../fixtures/process-pool.js'
import type { AppFolder } from '../../fixtures/run-node.js'

let apps: AppFolder
let pool: ProcessPool
let server: FaultServer
let directory: string

beforeAll(async () => {
  apps = await createPoolFolder()
}, 120_000)
afterAll(() => apps?.remove())
beforeEach(async () => {
  pool = createProcessPool(apps)
  server = await startFaultServer()
  directory = join(apps.path, 'spool')
})
afterEach(async () => {
  await pool.close()
  await server.close()
  rmSync(directory, { recursive: true, force: true })
})

const options = (more: object = {}) => ({
  otlp: { url: server.url, temporality: 'delta', intervalMs: 200, timeoutMs: 150, spool: { directory }, ...more },
})
/** With a responding server: a response after the time limit is lost, and the points are sent again. */
const patient = () => options({ timeoutMs: 10_000 })
const exported = () =>
  server.arrived
    .filter(({ attributes }) => attributes.action_type === 'acted')
    .reduce((sum, { value = 0 }) => sum + value, 0)
const spooled = () => readdirSync(directory, { recursive: true }).filter((name) => String(name).endsWith('.pb'))
const acted = async (member: PoolProcess) => sample(await member.page(), 'user_action_total')

/** Waits until everything recorded is published, so that a kill loses nothing. */
async function published(members: readonly PoolProcess[], total: number): Promise<void> {
  const pages = async () => Promise.all(members.map(acted))
  await vi.waitFor(async () => expect(await pages()).toEqual(members.map(() => total)), 10_000)
}

function leaderOf(members: readonly PoolProcess[]): PoolProcess {
  const names = readdirSync(pool.directory).filter((name) => /^leader-\d+$/.test(name))
  const [last = ''] = names.sort((a, b) => Number(b.slice(7)) - Number(a.slice(7)))
  const line = readFileSync(join(pool.directory, last), 'utf8')
  const found = members.find(({ pid }) => line.startsWith(`${pid}-`))
  if (found === undefined) throw new Error(`no member leads: ${line}`)
  return found
}

test.each(['refuse', '503', 'hang'] as const)(
  'leaders that are killed in an outage (%s) lose nothing, and nothing is exported twice',
  { timeout: 90_000 },
  async (fault) => {
    await server.become(fault)
    const members = [...(await Promise.all([1, 2, 3].map(() => pool.start(options()))))]
    let recorded = 0
    for (let round = 0; round < 4; round++) {
      for (const member of members) await member.ask('act', 10 + round)
      recorded += members.length * (10 + round)
      await published(members, recorded)
      // At any moment of collecting, writing and sending, not only after the points are on disk.
      await new Promise((resolve) => setTimeout(resolve, 130 * round))
      const leader = leaderOf(members)
      await leader.kill('SIGKILL')
      members.splice(members.indexOf(leader), 1, await pool.start(options()))
    }
    await server.become('none')
    await vi.waitFor(() => expect(exported()).toBe(recorded), 30_000)
    await Promise.all(members.map((member) => member.ask('shutdown')))
    expect(exported()).toBe(recorded)
    expect(spooled()).toEqual([])
  },
)

test('a collection of many requests is exported completely or not at all, whenever its leader is killed', {
  timeout: 90_000,
}, async () => {
  await server.become('503')
  const many = { otlp: { ...options().otlp, backend: undefined, maxPointsPerRequest: 1 } }
  const members = [await pool.start(many), await pool.start(many)]
  let recorded = 0
  for (let round = 0; round < 4; round++) {
    for (const member of members) await member.ask('act', 5)
    recorded += 10
    await published(members, recorded)
    await new Promise((resolve) => setTimeout(resolve, 70 * round))
    const leader = leaderOf(members)
    await leader.kill('SIGKILL')
    members.splice(members.indexOf(leader), 1, await pool.start(many))
  }
  await server.become('none')
  await vi.waitFor(() => expect(exported()).toBe(recorded), 30_000)
  await Promise.all(members.map((member) => member.ask('shutdown')))
  expect(exported()).toBe(recorded)
})

test('without a disk, a leader that is killed between two attempts loses nothing, and nothing is exported twice', {
  timeout: 60_000,
}, async () => {
  await server.become('refuse')
  // A file at the path of the spool, so that its folder cannot be created.
  writeFileSync(directory, '')
  const members = [await pool.start(options()), await pool.start(options())]
  for (const member of members) await member.ask('act', 5)
  await published(members, 10)
  await vi.waitFor(() => expect(leaderOf(members).stderr()).toContain('fails (ENOTDIR)'), 10_000)
  // Between two attempts: the outcome of one in progress would be unknown, and it would count as exported.
  const leader = leaderOf(members)
  await vi.waitFor(
    () => {
      leader.signal('SIGSTOP')
      if (!existsSync(join(pool.directory, 'exporting.json'))) return
      leader.signal('SIGCONT')
      throw new Error('it tries')
    },
    { timeout: 10_000, interval: 30 },
  )
  await leader.kill('SIGKILL')
  await server.become('none')
  await vi.waitFor(() => expect(exported()).toBe(10), 10_000)
  await Promise.all(members.filter((member) => member !== leader).map((member) => member.ask('shutdown')))
  expect(exported()).toBe(10)
})

test('a leader that is stopped in an outage, and continues when another leads, exports nothing twice and loses nothing', {
  timeout: 60_000,
}, async () => {
  await server.become('503')
  const members = [await pool.start(options()), await pool.start(options())]
  const leader = leaderOf(members)
  const other = members.find((member) => member !== leader)
  await leader.ask('act', 4)
  await vi.waitFor(() => expect(spooled().length).toBeGreaterThan(0), 5000)
  leader.signal('SIGSTOP')
  await vi.waitFor(() => expect(leaderOf(members)).toBe(other), { timeout: 15_000, interval: 200 })
  await other?.ask('act', 5)
  await server.become('none')
  await vi.waitFor(() => expect(exported()).toBeGreaterThanOrEqual(5), 10_000)
  leader.signal('SIGCONT')
  await leader.ask('act', 1)
  await vi.waitFor(() => expect(exported()).toBe(10), 10_000)
  await Promise.all(members.map((member) => member.ask('shutdown')))
  expect(exported()).toBe(10)
})

test.each(['exit', 'shutdown'])(
  'in an outage all of them may end at once (%s): the next start delivers everything',
  { timeout: 60_000 },
  async (ending) => {
    await server.become('refuse')
    const rare = options({ intervalMs: 60_000, timeoutMs: 500 })
    const members = await Promise.all([1, 2, 3, 4].map(() => pool.start(rare)))
    await Promise.all(
      members.map(async (member, i) => {
        await member.ask('act', 10 + i)
        await member.ask(ending)
        if (ending === 'exit') await member.gone
        else await member.kill('SIGKILL')
      }),
    )
    await server.become('none')
    const next = await pool.start(patient())
    await vi.waitFor(() => expect(exported()).toBe(46), 10_000)
    await next.ask('shutdown')
    expect(exported()).toBe(46)
    expect(spooled()).toEqual([])
  },
)

test('when all of them are killed in an outage, the next process in their folder loses nothing and exports nothing twice', {
  timeout: 60_000,
}, async () => {
  await server.become('503')
  const members = await Promise.all([1, 2, 3].map(() => pool.start(options())))
  for (const member of members) await member.ask('act', 4)
  await published(members, 12)
  await vi.waitFor(() => expect(spooled().length).toBeGreaterThan(0), 5000)
  for (const member of members) await member.ask('act', 1)
  await published(members, 15)
  await Promise.all(members.map((member) => member.kill('SIGKILL')))
  await server.become('none')
  const next = [await pool.start(patient()), await pool.start(patient())]
  await next[0]?.ask('act', 2)
  await vi.waitFor(() => expect(exported()).toBe(17), 15_000)
  await Promise.all(next.map((member) => member.ask('shutdown')))
  expect(exported()).toBe(17)
})

test('the spool of a leader that was shut down in an outage is delivered by the next leader', {
  timeout: 60_000,
}, async () => {
  await server.become('refuse')
  const members = [await pool.start(options()), await pool.start(options())]
  for (const member of members) await member.ask('act', 3)
  await published(members, 6)
  const leader = leaderOf(members)
  await leader.ask('shutdown')
  await leader.kill('SIGKILL')
  await server.become('none')
  await vi.waitFor(() => expect(exported()).toBe(6), 10_000)
})
