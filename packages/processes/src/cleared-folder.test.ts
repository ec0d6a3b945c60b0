import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineMetrics } from '@quipu/catalog'
import { createRecorder } from '@quipu/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { joinProcesses, type ProcessGroup } from './join-processes.js'
import { createPublisher } from './publish/publisher.js'

const WAIT = { timeout: 15_000, interval: 20 }

let folder = ''
let groups: ProcessGroup[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quipu-test-'))
  vi.stubEnv('QUIPU_PROCESS_DIR', folder)
})
afterEach(() => {
  for (const group of groups) group.leave()
  groups = []
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

function joinWith(recorder = createRecorder(), application?: string) {
  const group = joinProcesses(recorder, { grouping: 'auto', application, instanceId: 'i' })
  groups.push(group)
  const value = (name: string, ...values: (string | undefined)[]): number | undefined => {
    const cells = group
      .readings()
      .find((reading) => reading.name === name)
      ?.cells()
    const cell = cells?.find((one) => values.every((each, i) => one.values[i] === each))
    return cell?.data[cell.at]
  }
  return { recorder, group, value }
}

it('continues with all numbers when the folder is removed, and creates it again', async () => {
  const [one, other] = [joinWith(), joinWith()]
  one.recorder.trackUserLogin()
  other.recorder.trackUserLogin()
  other.group.publish()
  expect(one.value('user_logins_total')).toBe(2)
  const key = readFileSync(join(folder, 'id-key'), 'utf8')
  rmSync(folder, { recursive: true })
  one.recorder.trackUserLogin()
  // Never less than before, and more in the end.
  expect(one.value('user_logins_total')).toBe(3)
  await vi.waitFor(() => expect(readFileSync(join(folder, 'id-key'), 'utf8')).toBe(key), WAIT)
  await vi.waitFor(() => expect(other.value('user_logins_total')).toBe(3), WAIT)
  expect(one.value('user_logins_total')).toBe(3)
  const late = joinWith()
  expect(late.value('user_logins_total')).toBe(3)
})

it('keeps the counts of dead processes when the folder is removed', async () => {
  const { value } = joinWith()
  const dead = createRecorder()
  dead.trackUserLogin()
  createPublisher(folder, '4194300-1-4194300t0-0-x', dead).publish()
  expect(value('user_logins_total')).toBe(1)
  await vi.waitFor(() => expect(readdirSync(folder).some((name) => name.startsWith('archive-'))).toBe(true), WAIT)
  rmSync(folder, { recursive: true })
  await vi.waitFor(() => expect(existsSync(join(folder, 'id-key'))).toBe(true), WAIT)
  expect(value('user_logins_total')).toBe(1)
  expect(joinWith().value('user_logins_total')).toBe(1)
})

it('touches its files, so that they do not age', async () => {
  joinWith()
  for (const name of readdirSync(folder)) utimesSync(join(folder, name), 1e9, 1e9)
  await vi.waitFor(() => {
    const old = readdirSync(folder).filter((name) => statSync(join(folder, name)).mtimeMs <= 1e12)
    expect(old).toEqual([])
  }, WAIT)
})

it.skipIf(process.platform === 'win32')('reads neither pipes nor files over its size limit', () => {
  const { recorder, value } = joinWith()
  recorder.trackUserLogin()
  const [pipe, numbers] = ['1-0-1t0-x', '1-0-1t0-y']
  for (const name of [`${pipe}.series`, 'archive-9', 'leader-9']) execFileSync('mkfifo', [join(folder, name)])
  writeFileSync(join(folder, `${pipe}.numbers`), '')
  writeFileSync(join(folder, `${numbers}.series`), '')
  writeFileSync(join(folder, `${numbers}.numbers`), '')
  truncateSync(join(folder, `${numbers}.numbers`), 2 ** 30)
  expect(value('user_logins_total')).toBe(1)
  expect(value('quipu_workers_missing')).toBe(0)
})

it('merges two versions of a catalogue by names, labels and bounds; incompatible metrics are left out and counted', () => {
  const first = defineMetrics({
    orders_total: { kind: 'counter', help: 'o', labels: { channel: ['web', 'app'] } },
    wait_seconds: { kind: 'histogram', help: 'w', buckets: [1, 2, 5] },
    level_items: { kind: 'gauge', help: 'l' },
  })
  const second = defineMetrics({
    orders_total: { kind: 'counter', help: 'o', labels: { country: ['PE', 'DE'], channel: ['web', 'app'] } },
    wait_seconds: { kind: 'histogram', help: 'w', buckets: [1, 2, 5, 10] },
    level_items: { kind: 'summary', help: 'l' },
  })
  const [one, other] = [joinWith(createRecorder({ catalog: first })), joinWith(createRecorder({ catalog: second }))]
  const [old, recent] = [
    one.recorder as ReturnType<typeof createRecorder<(typeof first)['metrics'], never>>,
    other.recorder as ReturnType<typeof createRecorder<(typeof second)['metrics'], never>>,
  ]
  old.metrics.orders_total.add(10, { channel: 'web' })
  recent.metrics.orders_total.add(5, { country: 'PE', channel: 'web' })
  recent.metrics.wait_seconds.record(7)
  old.metrics.wait_seconds.record(1.5)
  recent.metrics.level_items.record(3)
  one.group.publish()
  other.group.publish()
  expect(one.value('orders_total', 'web')).toBe(15)
  expect(other.value('orders_total', 'PE', 'web')).toBe(5)
  expect(other.value('orders_total', undefined, 'web')).toBe(10)
  const buckets = one.group
    .readings()
    .find(({ name }) => name === 'wait_seconds')
    ?.cells()[0]?.data
  expect(buckets).toEqual(Float64Array.of(8.5, 0, 1, 0, 1))
  one.group.readings()
  // Each of the two omits the metrics of the other.
  expect(one.value('quipu_dropped_total', 'level_items', 'other_catalog')).toBe(2)
  expect(other.value('quipu_dropped_total', 'wait_seconds', 'other_catalog')).toBe(1)
})

it('keeps two applications in one folder separate', () => {
  const [one, same, other] = [joinWith(undefined, 'shop'), joinWith(undefined, 'shop'), joinWith(undefined, 'bank')]
  for (const { recorder, group } of [one, same, other]) {
    recorder.trackUserLogin()
    group.publish()
  }
  expect([one, same, other].map(({ value }) => value('user_logins_total'))).toEqual([2, 2, 1])
})
