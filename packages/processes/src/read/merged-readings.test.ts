import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRecorder, type MetricReading } from '@quipu/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ownProcessId } from '../identity/process-id.js'
import { publishedIds } from '../identity/publications.js'
import { createLead } from '../lead/lead.js'
import { createPublisher } from '../publish/publisher.js'
import { createMergedReadings } from './merged-readings.js'

let directory = ''
const children: ChildProcess[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quipu-test-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

/** An idle process, whose id is used while it lives. */
async function sleeper(): Promise<{ id: string; kill(): Promise<void> }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  children.push(child)
  await new Promise((resolve) => child.once('spawn', resolve))
  return {
    id: `${child.pid}-0-0`,
    async kill() {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    },
  }
}

function readNumber(readings: readonly MetricReading[], name: string, ...values: string[]): number | undefined {
  const cell = readings
    .find((reading) => reading.name === name)
    ?.cells()
    .find((one) => one.values.every((value, i) => value === values[i]))
  return cell?.data[cell.at]
}

it('adds the counts of all processes', async () => {
  const [own, other] = [createRecorder(), createRecorder()]
  const publisher = createPublisher(directory, (await sleeper()).id, other)
  own.trackUserAction('export_report')
  other.trackUserAction('export_report')
  other.trackUserAction('run_analysis')
  publisher.publish()
  const merged = createMergedReadings(directory, 'own', own)
  expect(readNumber(merged.readings(), 'user_action_total', 'export_report')).toBe(2)
  expect(readNumber(merged.readings(), 'user_action_total', 'run_analysis')).toBe(1)
  other.trackUserAction('run_analysis')
  publisher.publish()
  expect(readNumber(merged.readings(), 'user_action_total', 'run_analysis')).toBe(2)
})

it('adds histograms bucket by bucket', async () => {
  const [own, other] = [createRecorder(), createRecorder()]
  const publisher = createPublisher(directory, (await sleeper()).id, other)
  for (const recorder of [own, other]) recorder.metrics.feature_duration_seconds.record(0.3, { feature_name: 'search' })
  other.metrics.feature_duration_seconds.record(7, { feature_name: 'search' })
  publisher.publish()
  const cell = createMergedReadings(directory, 'own', own)
    .readings()
    .find((reading) => reading.name === 'feature_duration_seconds')
    ?.cells()[0]
  expect([...(cell?.data ?? [])]).toEqual([7.6, 0, 2, 0, 0, 0, 1, 0, 0])
})

it('keeps the counters of a killed process, and removes its sessions', async () => {
  const [own, other] = [createRecorder(), createRecorder()]
  const process_ = await sleeper()
  const publisher = createPublisher(directory, process_.id, other)
  other.trackUserLogin()
  other.trackSessionStart('a')
  publisher.publish()
  const merged = createMergedReadings(directory, 'own', own)
  expect(readNumber(merged.readings(), 'app_active_sessions')).toBe(1)
  await process_.kill()
  expect(readNumber(merged.readings(), 'user_logins_total')).toBe(1)
  expect(readNumber(merged.readings(), 'app_active_sessions')).toBe(0)
  merged.tidy()
  expect(publishedIds(directory)).toEqual([])
  expect(readNumber(merged.readings(), 'user_logins_total')).toBe(1)
})

it('shows the same totals to readers from before and after the archiving', async () => {
  const own = createRecorder()
  const early = createMergedReadings(directory, 'early', own)
  for (let i = 0; i < 3; i++) {
    const recorder = createRecorder()
    const process_ = await sleeper()
    const publisher = createPublisher(directory, process_.id, recorder)
    recorder.trackUserLogin()
    publisher.publish()
    expect(readNumber(early.readings(), 'user_logins_total')).toBe(i + 1)
    await process_.kill()
    createMergedReadings(directory, 'leader', own).tidy()
  }
  expect(readNumber(early.readings(), 'user_logins_total')).toBe(3)
  expect(readNumber(createMergedReadings(directory, 'late', own).readings(), 'user_logins_total')).toBe(3)
})

it('loses nothing when a process that was stopped while archiving continues after another one has archived', async () => {
  const own = createRecorder()
  const other = createMergedReadings(directory, 'other', own)
  for (let i = 0; i < 2; i++) {
    const recorder = createRecorder()
    const process_ = await sleeper()
    recorder.trackUserLogin()
    createPublisher(directory, process_.id, recorder).publish()
    await process_.kill()
  }
  // Between its reading and its writing, the other process leads and archives both.
  let heldUp = false
  const holdUp = (reading: MetricReading): MetricReading => ({
    ...reading,
    cells: () => reading.cells(),
    get spec() {
      if (!heldUp) {
        heldUp = true
        other.tidy()
      }
      return reading.spec
    },
  })
  const held = createMergedReadings(directory, 'held', {
    ...own,
    readings: () => own.readings().map((one) => (one.name === 'user_logins_total' ? holdUp(one) : one)),
  })
  held.tidy()
  expect(heldUp).toBe(true)
  expect(publishedIds(directory)).toEqual([])
  for (const merged of [held, other, createMergedReadings(directory, 'late', own)]) {
    expect(readNumber(merged.readings(), 'user_logins_total')).toBe(2)
  }
})

it('no longer shows a series that its process has removed', async () => {
  const [own, other] = [createRecorder(), createRecorder({ ids: 'plain' })]
  const publisher = createPublisher(directory, (await sleeper()).id, other)
  other.updateWorkspaceSize('user-42', 10)
  publisher.publish()
  const merged = createMergedReadings(directory, 'own', own)
  expect(readNumber(merged.readings(), 'workspace_size_bytes', 'user-42')).toBe(10)
  other.deleteWorkspace('user-42')
  publisher.publish()
  expect(readNumber(merged.readings(), 'workspace_size_bytes', 'user-42')).toBeUndefined()
})

it('keeps the object of a merged series, so that exporters’ caches on it stay valid', async () => {
  const own = createRecorder()
  own.trackUserLogin()
  const merged = createMergedReadings(directory, 'own', own)
  const cell = () =>
    merged
      .readings()
      .find((reading) => reading.name === 'user_logins_total')
      ?.cells()[0]
  const before = cell()
  own.trackUserLogin()
  expect(cell()).toBe(before)
  expect(before?.data[0]).toBe(2)
})

it('has one leader, and another one when the leader has left or is dead', async () => {
  const process_ = await sleeper()
  const [first, second] = [createLead(directory, process_.id), createLead(directory, ownProcessId())]
  expect([first.take(), second.take(), first.take()]).toEqual([true, false, true])
  first.leave()
  expect([second.take(), first.take()]).toEqual([true, false])
  second.leave()
  expect(first.take()).toBe(true)
  await process_.kill()
  expect([second.take(), first.holds()]).toEqual([true, false])
})
