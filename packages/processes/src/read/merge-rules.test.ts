import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineMetrics } from '@quipu/catalog'
import { createRecorder } from '@quipu/core'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addExponential, fromNumbers, toNumbers } from '../publish/exponential-numbers.js'
import { createPublisher } from '../publish/publisher.js'
import { createMergedReadings } from './merged-readings.js'

const gauge = { kind: 'gauge', help: 'A level', labels: { place: ['here', 'there'] } } as const
const catalog = defineMetrics({
  level_sum: { ...gauge, merge: 'sum' },
  level_max: { ...gauge, merge: 'max' },
  level_min: { ...gauge, merge: 'min' },
  level_last: { ...gauge, merge: 'last' },
  level_live: { ...gauge, merge: 'live' },
  open_live: { kind: 'upDownCounter', help: 'Open', merge: 'live' },
  spread: { kind: 'histogram', aggregation: 'exponential', help: 'Spread' },
})

let directory = ''
let child: ChildProcess | undefined

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quipu-test-'))
})
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

/** Waits until the clock advances, which `last` needs. */
async function nextMillisecond(): Promise<void> {
  const now = Date.now()
  while (Date.now() < now + 2) await new Promise((resolve) => setImmediate(resolve))
}

async function sibling() {
  const sleeper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  child = sleeper
  await new Promise((resolve) => sleeper.once('spawn', resolve))
  const recorder = createRecorder({ catalog })
  const id = `${sleeper.pid}-0-0`
  return {
    id,
    recorder,
    publisher: createPublisher(directory, id, recorder),
    async kill() {
      const gone = new Promise((resolve) => sleeper.once('exit', resolve))
      sleeper.kill('SIGKILL')
      await gone
    },
  }
}

it.each([
  // Values of this process, then of the other; the merged value, and the value after the other has ended.
  ['level_sum', 5, 3, 8, 8],
  ['level_max', 5, 3, 5, 5],
  ['level_min', 5, 3, 3, 3],
  ['level_last', 5, 3, 3, 3],
  ['level_live', 5, 3, 8, 5],
] as const)('%s: %d here and %d there are %d, and %d when the other is dead', async (name, here, there, both, left) => {
  const other = await sibling()
  const own = createRecorder({ catalog })
  const merged = createMergedReadings(directory, 'own', own)
  const value = () => {
    const cell = merged
      .readings()
      .find((reading) => reading.name === name)
      ?.cells()[0]
    return cell?.data[cell.at]
  }
  own.metrics[name].set(here, { place: 'here' })
  await nextMillisecond()
  other.recorder.metrics[name].set(there, { place: 'here' })
  other.publisher.publish()
  expect(value()).toBe(both)
  await other.kill()
  expect(value()).toBe(left)
  // The same after archiving.
  merged.tidy()
  expect(value()).toBe(left)
})

it('shows the value that was set last even if it is unchanged', async () => {
  const other = await sibling()
  const own = createRecorder({ catalog })
  const merged = createMergedReadings(directory, 'own', own)
  const last = () =>
    merged
      .readings()
      .find((reading) => reading.name === 'level_last')
      ?.cells()[0]?.data[0]
  own.metrics.level_last.set(1, { place: 'here' })
  await nextMillisecond()
  other.recorder.metrics.level_last.set(2, { place: 'here' })
  other.publisher.publish()
  expect(last()).toBe(2)
  await nextMillisecond()
  own.metrics.level_last.set(1, { place: 'here' })
  expect(last()).toBe(1)
})

it('ends live values with their process', async () => {
  const other = await sibling()
  const own = createRecorder({ catalog })
  const merged = createMergedReadings(directory, 'own', own)
  const open = () =>
    merged
      .readings()
      .find((reading) => reading.name === 'open_live')
      ?.cells()[0]?.data[0]
  own.metrics.open_live.add(1)
  other.recorder.metrics.open_live.add(2)
  other.publisher.publish()
  expect(open()).toBe(3)
  await other.kill()
  expect(open()).toBe(1)
})

it('is live again when its process shuts down and starts again', async () => {
  const other = await sibling()
  const own = createRecorder({ catalog })
  const merged = createMergedReadings(directory, 'own', own)
  const live = () =>
    merged
      .readings()
      .find((reading) => reading.name === 'level_live')
      ?.cells()[0]?.data[0]
  other.recorder.metrics.level_live.set(2, { place: 'here' })
  other.publisher.publish()
  expect(live()).toBe(2)
  other.publisher.close()
  expect(live()).toBeUndefined()
  createPublisher(directory, other.id, other.recorder).publish()
  expect(live()).toBe(2)
})

it('merges exponential histograms of several processes as if one process had recorded them', async () => {
  const values = fc.array(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), { maxLength: 40 })
  fc.assert(
    fc.property(values, values, (here, there) => {
      const bucketsOf = (recorded: readonly number[]) => {
        const recorder = createRecorder({ catalog })
        // Adding zero creates the series.
        recorder.metrics.spread.record(0)
        for (const value of recorded) recorder.metrics.spread.record(value)
        const buckets = recorder
          .readings()
          .find(({ name }) => name === 'spread')
          ?.cells()[0]?.exponential
        if (buckets === undefined) throw new Error('no histogram')
        return buckets
      }
      const [a, b, one] = [bucketsOf(here), bucketsOf(there), bucketsOf([...here, ...there])]
      expect(fromNumbers(toNumbers(a)).count).toBe(a.count)
      const both = fromNumbers(addExponential(toNumbers(a), toNumbers(b)))
      expect(both).toMatchObject({ scale: one.scale, count: one.count + 1, zeroCount: 2 })
      expect(byIndex(both)).toEqual(byIndex(one))
    }),
    { numRuns: 100 },
  )
})

it('shows and archives exponential histograms of other processes', async () => {
  const other = await sibling()
  const own = createRecorder({ catalog })
  const merged = createMergedReadings(directory, 'own', own)
  const count = () =>
    merged
      .readings()
      .find((reading) => reading.name === 'spread')
      ?.cells()[0]?.exponential?.count
  own.metrics.spread.record(2)
  other.recorder.metrics.spread.record(3)
  other.recorder.metrics.spread.record(900)
  other.publisher.publish()
  expect(count()).toBe(3)
  await other.kill()
  merged.tidy()
  expect(count()).toBe(3)
})

function byIndex({ positive }: { readonly positive: { offset: number; bucketCounts: readonly number[] } }) {
  return Object.fromEntries(
    positive.bucketCounts.map((count, i) => [positive.offset + i, count] as const).filter(([, count]) => count > 0),
  )
}
