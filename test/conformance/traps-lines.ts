import {
  createActivityWriter,
  formatMetricJson,
  formatMetricLine,
  MetricLogProcessor,
  parseMetricLine,
} from '@quipu/activity-log'
import { createRecorder } from '@quipu/core'
import { createTestRecorder } from '@quipu/testing'
import { expect } from 'vitest'
import type { Checks } from './promises.js'
import { withLog } from './queries.js'

const head = '[METRIC] [user@example.com]'
const line = (user: unknown, fields: object = {}, event = 'error'): string => {
  const anything: (record: { event: string; user: never; fields: never }) => string = formatMetricLine
  return anything({ event, user: user as never, fields: fields as never })
}

/** T17–T24: lines, their queries, and their users. */
export const trapsLines: Checks = {
  T17: () =>
    withLog(({ grep }) => {
      // The documented pattern finds more than errors; the exact one does not.
      expect(grep('\\[METRIC\\].*error')).toHaveLength(3)
      expect(grep('-E', '^\\[METRIC\\] \\[[^]]*\\] error( |$)')).toEqual([`${head} error error_type=rate_limit`])
    }),
  T18: () =>
    withLog(({ grep }) => {
      expect(grep('\\[METRIC\\] \\[user@example.com\\]')).toHaveLength(7)
      expect(grep('-F', '[METRIC] [user@example.com] ')).toHaveLength(6)
      expect(parseMetricLine('[METRIC] [user@exampleXcom] error')?.user).toBe('user@exampleXcom')
    }),
  T19: () =>
    withLog(({ lines }) => {
      for (const each of lines) {
        expect(each.startsWith('[METRIC] [')).toBe(true)
        expect(each.split(' ')[1]).toMatch(/^\[[^\s[\]]+\]$/)
      }
      expect(line('bob smith')).toBe('[METRIC] [bob_smith] error')
      expect(JSON.parse(formatMetricJson({ event: 'error', user: 'bob smith', fields: {} }))).toMatchObject({
        user: 'bob_smith',
      })
    }),
  T20() {
    expect(line('u', { a: 'gpt 4 message_count=99', b: 'say "hi"', c: 'back\\slash', d: 'a=b', e: '' })).toBe(
      '[METRIC] [u] error a="gpt 4 message_count=99" b="say \\"hi\\"" c=back\\slash d="a=b" e=""',
    )
    const recorder = createTestRecorder()
    recorder.trackFileUpload({ sizeBytes: 1, contentType: 'text/plain; charset=utf-8' })
    expect(recorder.lines).toEqual(['[METRIC] [unknown] file_upload file_size=1 content_type=text/plain'])
    for (const value of ['plain', 'two words', 'a=b', '"', '\\', '\\"', ' ', '', '=', 'ünï', '[METRIC] [x] error']) {
      expect(parseMetricLine(line('u', { value }))).toEqual({ event: 'error', user: 'u', fields: { value } })
    }
  },
  T21() {
    const attacks = ['\n', '\r\n', '\u0085', '\u2028', '\u2029', '\u001b[31m', '\u202e', '\ud800', '\0', '\t']
    for (const attack of attacks) {
      const forged = `a${attack}[METRIC] [victim@example.com] llm_call model=x`
      for (const text of [
        line(forged),
        line('u', { value: forged }),
        line('u', { [forged]: 1 }),
        line('u', {}, forged),
      ]) {
        expect(text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202e]/u)
        expect(parseMetricLine(text)?.event ?? 'error').toBe('error')
        expect(parseMetricLine(text)?.user).not.toBe('victim@example.com')
      }
    }
    expect(line('a] llm_call x=[b')).toBe('[METRIC] [a__llm_call_x=_b] error')
    expect(line('\n')).toBe('[METRIC] [unknown] error')
    expect(line('u', {}, 'llm_call\nerror')).toBe('')
    expect(line('u', { 'a b': 1, good: 1 })).toBe('[METRIC] [u] error good=1')
    expect(line('u', { value: 'x'.repeat(1_000_000) }).length).toBeLessThan(2000)
  },
  T22() {
    expect(
      line('u', { a: null, b: undefined, c: true, d: false, e: 1.0, f: 0, g: 10n, h: Number.NaN, i: 1e21, j: 0.1 }),
    ).toBe('[METRIC] [u] error c=true d=false e=1 f=0 g=10 i=1e+21 j=0.1')
    expect(line('u', { a: {}, b: [1], c: () => 1, d: Symbol('s') })).toBe('[METRIC] [u] error')
  },
  async T23() {
    const written = async (options: { users?: 'plain' | 'hmac' | 'none'; key?: string }) => {
      const lines: string[] = []
      const write = createActivityWriter({ sink: (text) => lines.push(text), ...options })
      const recorder = createRecorder({ activityLog: true })
      recorder.onActivity(write)
      recorder.logMetric('error', 'user@example.com', { error_type: 'timeout' })
      recorder.logMetric('error', 'user@example.com', { error_type: 'timeout' })
      await write.close()
      return lines
    }
    expect(await written({})).toEqual([`${head} error error_type=timeout`, `${head} error error_type=timeout`])
    expect((await written({ users: 'none' }))[0]).toBe('[METRIC] [unknown] error error_type=timeout')
    const key = 'a secret of at least sixteen'
    const [first, second] = await written({ users: 'hmac', key })
    expect(first).toMatch(/^\[METRIC\] \[[0-9a-f]{16}\] error error_type=timeout$/)
    expect(second).toBe(first)
    // The same key gives the same pseudonym, another key another one.
    expect((await written({ users: 'hmac', key }))[0]).toBe(first)
    expect((await written({ users: 'hmac', key: `${key} characters` }))[0]).not.toBe(first)
  },
  T24() {
    const recorder = createTestRecorder()
    recorder.trackFileUpload({ sizeBytes: 10, contentType: 'text/csv', fileCount: 3 })
    recorder.trackError('quota_of_the_tenant')
    expect(recorder.lines).toEqual([
      '[METRIC] [unknown] file_upload file_size=10 content_type=text/csv file_count=3',
      '[METRIC] [unknown] error error_type=quota_of_the_tenant',
    ])
  },
}

/** Writes log records of an application's own pipeline as lines, for the rows that need one. */
export function linesOfProcessor(emit: (processor: MetricLogProcessor) => void): readonly string[] {
  const lines: string[] = []
  const recorder = createRecorder({ activityLog: true })
  emit(new MetricLogProcessor({ sink: (text) => lines.push(text), recorder }))
  return lines
}
