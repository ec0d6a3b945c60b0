import type { ActivityEvent } from '@quipu/core'
import { expect, test } from 'vitest'
import { createRecentLines } from './recent-lines.js'

const event = (i: number): ActivityEvent => ({
  event: 'tool_call',
  user: 'ana',
  fields: { tool_name: `t${i}` },
  unixMs: 0,
})

function read(lines: ReturnType<typeof createRecentLines>, after: string): { next: number; lines: readonly string[] } {
  const answer = lines.document.read(`after=${after}`)
  if (answer instanceof Promise) throw new Error('lines are read at once')
  return JSON.parse(answer.body)
}

test('a reader gets the lines since it last asked', () => {
  const lines = createRecentLines()
  lines.add(event(1), 'ana')
  expect(read(lines, '0')).toEqual({ next: 1, lines: ['[METRIC] [ana] tool_call tool_name=t1'] })
  expect(read(lines, '1')).toEqual({ next: 1, lines: [] })
  lines.add(event(2), null)
  expect(read(lines, '1')).toEqual({ next: 2, lines: ['[METRIC] [unknown] tool_call tool_name=t2'] })
})

test('500 lines are kept; a reader of an earlier process gets all of them', () => {
  const lines = createRecentLines()
  for (let i = 1; i <= 700; i++) lines.add(event(i), 'ana')
  expect(read(lines, '0').lines).toHaveLength(500)
  expect(read(lines, '9999')).toMatchObject({ next: 700, lines: { length: 500 } })
  expect(read(lines, 'nonsense').lines).toHaveLength(500)
  expect(read(lines, '699').lines).toEqual(['[METRIC] [ana] tool_call tool_name=t700'])
})
