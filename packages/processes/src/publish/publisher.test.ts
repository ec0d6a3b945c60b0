import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineMetrics } from '@quipu/catalog'
import { createRecorder } from '@quipu/core'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openPublishedProcess } from './published-process.js'
import { createPublisher } from './publisher.js'

const catalog = defineMetrics({
  jobs_total: { kind: 'counter', help: 'Jobs', labels: { job: 'name' } },
  job_seconds: { kind: 'histogram', help: 'Time', buckets: [1, 2], labels: { job: 'name' } },
})

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quipu-test-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(directory, { recursive: true, force: true })
})

/** The series that another process reads, with their numbers. */
function readAll(sibling: ReturnType<typeof openPublishedProcess>) {
  expect(sibling.refresh()).toBe(true)
  return Object.fromEntries(
    [...sibling.series.values()].map(({ metric, values, offset }) => {
      const length = metric === 'jobs_total' ? 1 : 4
      return [`${metric} ${values}`, [...sibling.numbers.slice(offset, offset + length)]]
    }),
  )
}

const job = fc.constantFrom('a', 'b', 'c', 'd')
const step = fc.oneof(
  fc.tuple(fc.constant('add'), job),
  fc.tuple(fc.constant('time'), job),
  fc.tuple(fc.constant('remove'), job),
  fc.constant(['publish', ''] as const),
  fc.constant(['wait', ''] as const),
)

it('other processes read the current series at any time, while series start, end and start again', () => {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  let run = 0
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const recorder = createRecorder({ catalog })
      const id = `1-1-${run++}`
      const publisher = createPublisher(directory, id, recorder)
      const early = openPublishedProcess(directory, id)
      for (const [what, label] of [...steps, ['publish', ''] as const]) {
        if (what === 'add') recorder.metrics.jobs_total.add(1, { job: label })
        else if (what === 'time') recorder.metrics.job_seconds.record(1.5, { job: label })
        else if (what === 'wait') now += 61_000
        else if (what === 'remove') {
          recorder.metrics.jobs_total.remove({ job: label })
          recorder.metrics.job_seconds.remove({ job: label })
        } else {
          publisher.publish()
          const held = recorder.readings().flatMap((reading) =>
            ['jobs_total', 'job_seconds'].includes(reading.name)
              ? reading.cells().map((cell) => {
                  const length = reading.name === 'jobs_total' ? 1 : 4
                  return [`${reading.name} ${cell.values}`, [...cell.data.slice(cell.at, cell.at + length)]] as const
                })
              : [],
          )
          for (const sibling of [early, openPublishedProcess(directory, id)]) {
            expect(readAll(sibling)).toMatchObject(Object.fromEntries(held))
            expect([...sibling.series.values()].filter(({ metric }) => metric.startsWith('job'))).toHaveLength(
              held.length,
            )
          }
        }
      }
      publisher.close()
    }),
    { numRuns: 60 },
  )
})

it('keeps its files small for any number of started and removed series', () => {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const nameOf = (i: number): string => i.toString(16).replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '')
  const recorder = createRecorder({ catalog, limits: { valuesPerLabel: 5000, seriesPerMetric: 5000 } })
  const publisher = createPublisher(directory, '1-1-1', recorder)
  const sibling = openPublishedProcess(directory, '1-1-1')
  recorder.metrics.jobs_total.add(7, { job: 'stays' })
  for (let i = 0; i < 4000; i++) {
    now += 61_000
    recorder.metrics.jobs_total.add(1, { job: nameOf(i) })
    publisher.publish()
    if (i % 97 === 0)
      expect(readAll(sibling)).toMatchObject({ 'jobs_total stays': [7], [`jobs_total ${nameOf(i)}`]: [1] })
    recorder.metrics.jobs_total.remove({ job: nameOf(i) })
  }
  publisher.publish()
  expect(readAll(sibling)).toMatchObject({ 'jobs_total stays': [7] })
  expect(statSync(join(directory, '1-1-1.series')).size).toBeLessThan(200_000)
  expect(statSync(join(directory, '1-1-1.numbers')).size).toBeLessThan(20_000)
  expect(readdirSync(directory).sort()).toEqual(['1-1-1.numbers', '1-1-1.series'])
})

it.each(['series.new', 'numbers'])('does not write through a link in place of its files: %s', (ending) => {
  const elsewhere = join(directory, 'elsewhere')
  writeFileSync(elsewhere, 'mine')
  symlinkSync(elsewhere, join(directory, `1-1-1.${ending}`))
  expect(() => createPublisher(directory, '1-1-1', createRecorder())).toThrow('EEXIST')
  expect(readFileSync(elsewhere, 'utf8')).toBe('mine')
})
