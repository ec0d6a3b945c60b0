import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineMetrics } from '@quipu/catalog'
import { createRecorder } from '@quipu/core'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { finishPublication } from './finish-publication.js'
import { addLastLines } from './line-file.js'
import { openPublishedProcess } from './published-process.js'
import { sharedCountOf } from './published-series.js'
import { createPublisher } from './publisher.js'
import { createSharedCells } from './shared-cells.js'
import { claim, type SharedMemory } from './shared-memory.js'

const labels = { job: 'name' } as const
const catalog = defineMetrics({
  jobs_total: { kind: 'counter', help: 'Jobs', labels },
  job_seconds: { kind: 'histogram', help: 'Time', buckets: [1, 2], labels },
  job_size: { kind: 'summary', help: 'Size', labels },
  job_level: { kind: 'gauge', help: 'Level', merge: 'max', labels },
  job_wide: { kind: 'histogram', help: 'Wide', buckets: Array.from({ length: 60 }, (_, i) => i), labels },
  job_spread: { kind: 'histogram', aggregation: 'exponential', help: 'Spread', labels },
})
/** More in one metric than a list of names has room for at first, and a block for numbers. */
const MANY = 2000

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quipu-test-'))
})
afterEach(() => {
  vi.unstubAllGlobals()
  rmSync(directory, { recursive: true, force: true })
})

type Numbers = { [series: string]: number[] }

/** A thread that is in a group, and what others hold of it. */
function createThread() {
  const recorder = createRecorder({
    catalog,
    allow: { job: ['náme'] },
    limits: { valuesPerLabel: 2 * MANY, seriesPerMetric: 2 * MANY },
  })
  const { metrics } = recorder
  const id = 'thread'
  const before = metrics.jobs_total.with({ job: 'before' })
  before.add(3)
  const publisher = createPublisher(directory, id, recorder)
  let announced: SharedMemory | undefined
  const cells = createSharedCells(id, recorder.clock, (memory) => {
    announced = structuredClone(memory)
  })
  recorder.configure({ cellMemory: cells })
  cells.open()
  const readings = () => new Map(recorder.readings().map((reading) => [reading.name, reading]))

  return {
    metrics,
    before,
    publish: publisher.publish,
    /** What it holds, as a publication should have it. */
    held(): Numbers {
      const all: Numbers = {}
      for (const reading of readings().values()) {
        for (const { values, data, at } of reading.cells()) {
          all[`${reading.name} ${values}`] = [...data.slice(at, at + sharedCountOf(reading))]
        }
      }
      return all
    },
    /** What is published of it when it has ended without a word, and somebody has finished it. */
    finished(): Numbers {
      if (announced === undefined || !claim(announced)) throw new Error('there is nothing to finish')
      addLastLines(join(directory, `${id}.series`), finishPublication(directory, announced, readings()))
      const sibling = openPublishedProcess(directory, id)
      expect(sibling.refresh()).toBe(true)
      const all: Numbers = {}
      for (const { metric, values, offset } of sibling.series.values()) {
        const reading = readings().get(metric)
        if (reading === undefined) continue
        all[`${metric} ${values}`] = [...sibling.numbers.slice(offset, offset + sharedCountOf(reading))]
      }
      return all
    },
  }
}

it('finishes what a thread had not published: numbers, series that it began, and none that it removed', () => {
  const thread = createThread()
  thread.publish()
  thread.before.add(4)
  thread.metrics.job_seconds.record(1.5, { job: 'new' })
  thread.metrics.job_level.set(9, { job: 'new' })
  thread.metrics.job_size.record(2, { job: 'gone' })
  thread.metrics.job_size.remove({ job: 'gone' })
  const finished = thread.finished()
  expect(finished).toMatchObject({
    'jobs_total before': [7],
    'job_seconds new': [1.5, 0, 1, 0],
    'job_level new': [9],
  })
  expect(finished).not.toHaveProperty('job_size gone')
})

it('gives no series the numbers of the one that has its place now', () => {
  const thread = createThread()
  thread.metrics.jobs_total.add(5, { job: 'old' })
  thread.publish()
  thread.metrics.jobs_total.remove({ job: 'old' })
  thread.metrics.jobs_total.add(7, { job: 'new' })
  const finished = thread.finished()
  expect(finished).toMatchObject({ 'jobs_total new': [7] })
  expect(finished).not.toHaveProperty('jobs_total old')
})

const job = fc.constantFrom('a', 'b', 'náme', 'before')
const step = fc.oneof(
  fc.tuple(fc.constantFrom('add', 'time', 'size', 'level', 'spread', 'remove'), job),
  fc.constant(['publish', ''] as const),
)

it('finishes it as the thread would have published it, whatever it did', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const thread = createThread()
      const { jobs_total, job_seconds, job_size, job_level, job_spread } = thread.metrics
      const act: { [name: string]: (labels: { job: string }) => unknown } = {
        add: (labels) => jobs_total.add(1, labels),
        time: (labels) => job_seconds.record(1.5, labels),
        size: (labels) => job_size.record(3, labels),
        level: (labels) => job_level.set(Math.random(), labels),
        spread: (labels) => job_spread.record(2, labels),
        remove: (labels) => jobs_total.remove(labels) + job_seconds.remove(labels) + job_level.remove(labels),
        publish: () => thread.publish(),
      }
      for (const [what, name] of steps) act[what]?.({ job: name })
      const held = thread.held()
      const finished = thread.finished()
      // Of exponential histograms what was published stands.
      for (const all of [held, finished]) for (const name of Object.keys(all)) if (/spread/.test(name)) delete all[name]
      expect(finished).toEqual(held)
      rmSync(join(directory, 'thread.series'))
      rmSync(join(directory, 'thread.numbers'))
    }),
    { numRuns: 200 },
  )
})

it('finishes as many series as there are, in as many blocks, and lists of names', () => {
  const thread = createThread()
  for (let i = 0; i < MANY; i++) {
    thread.metrics.job_seconds.record(i, { job: `a-rather-long-name-of-a-job-${i}` })
    if (i % 3 === 0) thread.metrics.job_wide.record(i, { job: `${i}` })
    if (i % 3 === 0) thread.metrics.jobs_total.add(i, { job: `${i}` })
    if (i % 5 === 0) thread.metrics.jobs_total.remove({ job: `${i}` })
    if (i === MANY / 2) thread.publish()
  }
  expect(Object.keys(thread.held()).length).toBeGreaterThan(MANY)
  expect(thread.finished()).toEqual(thread.held())
})

it('lends memory that is refused later from the heap, and closes what it has announced', () => {
  const thread = createThread()
  const Original = SharedArrayBuffer
  vi.stubGlobal(
    'SharedArrayBuffer',
    class {
      constructor() {
        throw new RangeError('none')
      }
    },
  )
  for (let i = 0; i < MANY; i++) thread.metrics.job_seconds.record(i, { job: `${i}` })
  vi.stubGlobal('SharedArrayBuffer', Original)
  thread.before.add(4)
  const held = thread.held()
  expect([held['jobs_total before'], held[`job_seconds ${MANY - 1}`]?.[0]]).toEqual([[7], MANY - 1])
  expect(thread.finished).toThrow('nothing to finish')
})

it.each(['series', 'numbers'])('leaves what is published alone when its %s cannot be read', (ending) => {
  const thread = createThread()
  thread.publish()
  const path = join(directory, `thread.${ending}`)
  rmSync(path)
  mkdirSync(path)
  expect(thread.finished).toThrow('cannot be read')
})

it('closes the list that others hold when a newer one cannot be handed over', () => {
  const recorder = createRecorder({ catalog, limits: { valuesPerLabel: MANY, seriesPerMetric: MANY } })
  const announced: SharedMemory[] = []
  const cells = createSharedCells('thread', recorder.clock, (memory) => {
    if (announced.length > 0) throw new Error('it cannot be sent')
    announced.push(memory)
  })
  recorder.configure({ cellMemory: cells })
  cells.open()
  for (let i = 0; i < MANY; i++) recorder.metrics.jobs_total.add(1, { job: `a-rather-long-name-of-a-job-${i}` })
  expect(announced.map(claim)).toEqual([false])
})

it('leaves what is published alone when the recorder does not record in that memory', () => {
  const recorder = createRecorder({ catalog })
  const publisher = createPublisher(directory, 'thread', recorder)
  recorder.metrics.jobs_total.add(1, { job: 'a' })
  publisher.publish()
  const announced: SharedMemory[] = []
  createSharedCells('thread', recorder.clock, (memory) => announced.push(memory)).open()
  for (const memory of announced) expect(finishPublication(directory, memory, new Map())).toEqual([])
  expect(announced).toHaveLength(1)
})
