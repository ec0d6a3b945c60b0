import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FaultServer, startFaultServer } from '../../fixtures/fault-server.js'
import { createWay } from '../../fixtures/otlp-way.js'
import { encodeFrame, spoolFileName } from './spool-file.js'

let server: FaultServer
let directory: string
beforeEach(async () => {
  server = await startFaultServer()
  directory = mkdtempSync(join(tmpdir(), 'quipu-spool-'))
})
afterEach(async () => {
  await server.close()
  rmSync(directory, { recursive: true, force: true })
})

const settings = (more: { maxBytes?: number; maxAgeMs?: number } = {}) => ({
  directory,
  maxBytes: 1_000_000,
  maxAgeMs: 3_600_000,
  ...more,
})

/** All files of the spool, below their process's folder. */
function files(): readonly string[] {
  const metrics = join(directory, 'metrics')
  return readdirSync(metrics).flatMap((folder) =>
    readdirSync(join(metrics, folder)).map((name) => join(metrics, folder, name)),
  )
}

/** Files of an ended process, with a pid that no process can have. */
function makeDead(): void {
  const metrics = join(directory, 'metrics')
  for (const name of readdirSync(metrics))
    renameSync(join(metrics, name), join(metrics, name.replace(/^\d+/, '999999999')))
}

/** Leaves undelivered batches of an ended process. */
async function exportAndDie(amounts: readonly number[]): Promise<ReturnType<typeof createWay>> {
  const killed = createWay(server.url, 'delta', settings())
  for (const amount of amounts) {
    killed.record(amount)
    await killed.export()
  }
  makeDead()
  return killed
}

const actions = () =>
  server.arrived.filter(({ name }) => name === 'user_action_total').map(({ value, timeNano }) => ({ value, timeNano }))

/** The sum of a metric's series with these labels. */
function selfMetric({ recorder }: ReturnType<typeof createWay>, name: string, ...labels: readonly string[]): number {
  const cells =
    recorder
      .readings()
      .find((reading) => reading.name === name)
      ?.cells() ?? []
  const fitting = [...cells].filter(({ values }) => labels.every((label, i) => values[i] === label))
  return fitting.reduce((sum, { data, at }) => sum + (data[at] ?? 0), 0)
}

test('only the owner can read folders and files', async () => {
  const open = join(directory, 'readable')
  mkdirSync(open)
  chmodSync(open, 0o755)
  const way = createWay(server.url, 'delta', { ...settings(), directory: open })
  await server.become('refuse')
  way.record(1)
  await way.export()
  const [folder = ''] = readdirSync(join(open, 'metrics'))
  const [file = ''] = readdirSync(join(open, 'metrics', folder))
  expect(statSync(join(open, 'metrics', folder)).mode & 0o777).toBe(0o700)
  expect(statSync(join(open, 'metrics', folder, file)).mode & 0o777).toBe(0o600)
})

test('batches of a killed process are sent first at the next start, in order and with their own times', async () => {
  await server.become('refuse')
  const killed = await exportAndDie([1, 2, 3])
  const before = BigInt(Date.now()) * 1_000_000n
  await server.become('none')
  const next = createWay(server.url, 'delta', settings())
  next.record(4)
  await next.export()
  expect(actions().map(({ value }) => value)).toEqual([1, 2, 3, 4])
  expect(actions().map(({ timeNano }) => timeNano < before)).toEqual([true, true, true, false])
  expect(next.ledger.totals).toMatchObject({ delivered: killed.exported() + next.exported(), dropped: 0 })
  await next.sender.shutdown()
  expect(readdirSync(join(directory, 'metrics'))).toEqual([])
})

test('the folder of a living process is not touched', async () => {
  await server.become('refuse')
  const living = createWay(server.url, 'delta', settings())
  living.record(1)
  await living.export()
  await server.become('none')
  const other = createWay(server.url, 'delta', settings())
  other.record(2)
  await other.export()
  expect(actions().map(({ value }) => value)).toEqual([2])
  await living.export()
  expect(actions().map(({ value }) => value)).toEqual([2, 1])
})

test('of several processes that start at once, one gets the batches of a dead one', async () => {
  await server.become('refuse')
  await exportAndDie([1])
  await server.become('none')
  const ways = [1, 2, 3, 4].map(() => createWay(server.url, 'delta', settings()))
  await Promise.all(ways.map(({ sender }) => sender.forceFlush()))
  expect(actions().map(({ value }) => value)).toEqual([1])
})

test('undelivered batches at the end are held on disk, and delivered after the next start', async () => {
  for (const temporality of ['delta', 'cumulative'] as const) {
    server.arrived.length = 0
    await server.become('hang')
    const ending = createWay(server.url, temporality, settings())
    ending.record(7)
    const exporting = ending.export()
    await ending.sender.shutdown()
    await exporting
    expect(ending.sender.held()).toBe(ending.exported())
    expect(ending.ledger.totals.dropped).toBe(0)

    await server.become('none')
    const next = createWay(server.url, temporality, settings())
    await next.sender.forceFlush()
    expect(actions().map(({ value }) => value)).toEqual([7])
    await next.sender.shutdown()
  }
})

test('at the exit of the process all values are on disk: new deltas, and the last cumulative state', async () => {
  for (const temporality of ['delta', 'cumulative'] as const) {
    server.arrived.length = 0
    const silent = await startFaultServer()
    await silent.become('hang')
    const ending = createWay(silent.url, temporality, settings())
    await ending.sender.forceFlush()
    ending.record(1)
    const underWay = ending.export()
    ending.record(4)
    ending.exit()
    makeDead()
    const next = createWay(server.url, temporality, settings())
    await next.sender.forceFlush()
    expect(actions().map(({ value }) => value)).toEqual(temporality === 'delta' ? [1, 4] : [1, 5])
    await next.sender.shutdown()
    await underWay
    await silent.close()
  }
})

test('it does not exceed its limit: the oldest batches are dropped and counted', async () => {
  await server.become('refuse')
  const way = createWay(server.url, 'delta', settings({ maxBytes: 10_000 }))
  for (let i = 1; i <= 20; i++) {
    way.record(i)
    await way.export()
  }
  await expect.poll(() => files().reduce((sum, path) => sum + statSync(path).size, 0)).toBeLessThanOrEqual(10_000)
  const { dropped } = way.ledger.totals
  expect(dropped).toBeGreaterThan(0)
  expect(dropped + way.sender.held()).toBe(way.exported())
  await server.become('none')
  await way.export()
  const values = actions().map(({ value }) => value)
  expect(values.length).toBeGreaterThan(1)
  expect(values).toEqual(Array.from({ length: values.length }, (_, i) => 20 - values.length + 1 + i))
  expect(server.arrived.length + dropped).toBe(way.exported())
})

test('batches over the maximum age are dropped and counted', async () => {
  await server.become('refuse')
  const killed = await exportAndDie([1])
  for (const path of files()) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    renameSync(path, path.replace(name, name.replace(/^\d{14}/, String(Date.now() - 3_700_000).padStart(14, '0'))))
  }
  await server.become('none')
  const next = createWay(server.url, 'delta', settings())
  await next.sender.forceFlush()
  expect(server.arrived).toEqual([])
  expect(next.ledger.totals).toMatchObject({ delivered: 0, dropped: killed.exported() })
})

test('a corrupt file is set aside and counted; the others are sent', async () => {
  await server.become('refuse')
  const killed = await exportAndDie([1, 2, 3])
  const [, second = ''] = [...files()].sort()
  const content = readFileSync(second)
  content[content.length - 3] = (content.at(-3) ?? 0) ^ 1
  writeFileSync(second, content)
  await server.become('none')
  const next = createWay(server.url, 'delta', settings())
  await next.sender.forceFlush()
  expect(actions().map(({ value }) => value)).toEqual([1, 3])
  const { delivered, dropped, errors } = next.ledger.totals
  expect(delivered + dropped).toBe(killed.exported())
  expect(errors.map(String).join()).toContain('corrupt')
  expect(readdirSync(join(directory, 'corrupt'))).toHaveLength(1)
})

test('an incomplete file of a killed process is removed', async () => {
  await server.become('refuse')
  const killed = createWay(server.url, 'delta', settings())
  killed.record(1)
  await killed.export()
  writeFileSync(`${files()[0]}.tmp`, 'quipu-spool 1 ')
  makeDead()
  await server.become('none')
  const next = createWay(server.url, 'delta', settings())
  await next.sender.forceFlush()
  await next.sender.shutdown()
  expect(readdirSync(join(directory, 'metrics'))).toEqual([])
})

test('a link in the place of a dead process’s folder is not followed', async () => {
  const trap = join(directory, 'elsewhere')
  mkdirSync(trap)
  writeFileSync(
    join(trap, spoolFileName({ unixMs: Date.now(), sequence: 0, count: 1, encoding: 'protobuf' })),
    encodeFrame(new Uint8Array([10, 0])),
  )
  mkdirSync(join(directory, 'metrics'))
  symlinkSync(trap, join(directory, 'metrics', '999999999-1-0_trap'))
  const way = createWay(server.url, 'delta', settings())
  await way.sender.forceFlush()
  expect(server.requests).toEqual([])
})

test('if the disk accepts no write, points wait in memory, and the error is counted', async () => {
  writeFileSync(join(directory, 'file'), '')
  const way = createWay(server.url, 'delta', { ...settings(), directory: join(directory, 'file') })
  await server.become('refuse')
  way.record(1)
  await way.export()
  expect(way.sender.held()).toBe(way.exported())
  await server.become('none')
  way.record(2)
  await way.export()
  expect(actions().map(({ value }) => value)).toEqual([1, 2])
  expect(selfMetric(way, 'quipu_guard_catches_total', 'spool_ENOTDIR')).toBeGreaterThan(0)
  await way.sender.shutdown()
})

test('quipu_spool_bytes is the size of waiting batches', async () => {
  await server.become('refuse')
  const way = createWay(server.url, 'delta', settings())
  way.record(1)
  await way.export()
  await expect.poll(() => selfMetric(way, 'quipu_spool_bytes')).toBe(statSync(files()[0] ?? '').size)
  await server.become('none')
  await way.export()
  await way.sender.forceFlush()
  await expect.poll(() => selfMetric(way, 'quipu_spool_bytes')).toBe(0)
})
