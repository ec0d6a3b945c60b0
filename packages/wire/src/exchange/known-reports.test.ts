import { expect, test } from 'vitest'
import { KnownReports } from './known-reports.js'

test('a call counts once, with its start if that was reported before', () => {
  const reports = new KnownReports()
  reports.start('a', 100)
  expect([reports.count('a'), reports.count('a')]).toEqual([
    { isNew: true, startedMs: 100 },
    { isNew: false, startedMs: undefined },
  ])
})

test('a list in reverse order reports the start of a call after its end: it counts once, too', () => {
  const reports = new KnownReports()
  expect(reports.count('a')).toEqual({ isNew: true, startedMs: undefined })
  reports.start('a', 100)
  expect(reports.count('a').isNew).toBe(false)
})

test('the numbers of remembered calls and models are bounded', () => {
  const reports = new KnownReports()
  for (let i = 0; i <= 10_000; i++) expect(reports.count(`call-${i}`).isNew).toBe(true)
  expect([reports.count('call-10000').isNew, reports.count('call-0').isNew]).toEqual([false, true])
  for (let i = 0; i <= 1000; i++) reports.setModel(`agent-${i}`, 'claude-a')
  expect([reports.modelOf('agent-1000'), reports.modelOf('agent-0'), reports.modelOf(undefined)]).toEqual([
    'claude-a',
    undefined,
    undefined,
  ])
})
