import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { formatMetricJson, formatMetricLine } from '@quipu/activity-log'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCaptured } from '../../fixtures/run-captured.js'
import { createQuantileSketch } from './quantile-sketch.js'

const log = [
  '[METRIC] [ana@example.com] llm_call model=gpt-4 message_count=5',
  'some other line',
  '2026-01-28 09:30:00 INFO app [METRIC] [ana@example.com] llm_call model=gpt-4 message_count=7',
  '2026-01-29T10:00:00Z [METRIC] [ben smith] broken',
  formatMetricJson({
    event: 'llm_call',
    user: 'ben@example.com',
    fields: { model: 'o3', message_count: 2 },
    unixMs: Date.UTC(2026, 0, 29, 10),
  }),
  formatMetricLine({ event: 'error', user: null, fields: { error_type: 'timeout' } }),
]
const text = `${log.join('\n')}\n`

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'quipu-lines-'))
  writeFileSync(join(cwd, 'activity.log'), text)
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

describe('quipu query', () => {
  const query = (...args: readonly string[]) => runCaptured(['query', ...args], { cwd })

  test('counts by event in both formats, also after a logger’s prefix, and reports torn lines', async () => {
    const { code, out, said } = await query('activity.log')
    expect(out).toBe('event     count\nllm_call      3\nerror         1\n')
    expect(said).toBe('1 lines have [METRIC] and are not readable\n')
    expect(code).toBe(0)
  })

  test('sums a field by several keys', async () => {
    const { out } = await query(
      'activity.log',
      '--event',
      'llm_call',
      '--by',
      'user,model',
      '--value',
      'message_count',
      '--json',
    )
    expect(JSON.parse(out)).toEqual([
      {
        user: 'ana@example.com',
        model: 'gpt-4',
        count: 2,
        sum: 12,
        mean: 6,
        p50: expect.closeTo(5, 1),
        p95: expect.closeTo(7, 0),
        max: 7,
      },
      {
        user: 'ben@example.com',
        model: 'o3',
        count: 1,
        sum: 2,
        mean: 2,
        p50: 2,
        p95: 2,
        max: 2,
      },
    ])
  })

  test.each([
    [['--user', 'ana'], 2],
    [['--user', 'unknown'], 1],
    [['--where', 'model=gpt-4'], 2],
    [['--where', 'model!=gpt-4'], 2],
    [['--where', 'model=gpt-4', '--where', 'message_count=7'], 1],
    [['--since', '2026-01-29'], 1],
    [['--until', '2026-01-29'], 1],
    [['--event', 'error,llm_call'], 4],
  ])('%j leaves %i records', async (filter, count) => {
    const { out } = await query('activity.log', ...filter, '--json')
    expect(JSON.parse(out).reduce((sum: number, group: { count: number }) => sum + group.count, 0)).toBe(count)
  })

  test.each([
    ['2026-01-28T09:30:00.999999Z ', '2026-01-28T09'],
    ['2026-01-28 23:30:00,5-02:00 INFO ', '2026-01-29T01'],
    ['2026-13-28T09:30:00Z ', ''],
  ])('reads the time that a logger writes: %s', async (before, hour) => {
    const line = `${before}[METRIC] [ana] llm_call model=gpt-4\n`
    const read = await runCaptured(['query', '--by', 'hour', '--csv'], { input: line + line })
    expect(read.out).toBe(`hour,count\r\n${hour},2\r\n`)
  })

  test('groups by day, and writes CSV', async () => {
    const { out } = await query('activity.log', '--by', 'day,event', '--csv', '--top', '2')
    expect(out.split('\r\n')).toHaveLength(4)
    expect(out).toContain('day,event,count\r\n')
  })

  test('reads several files, compressed ones, and standard input', async () => {
    writeFileSync(join(cwd, 'activity.log.1.gz'), gzipSync(text))
    expect((await query('activity.log', 'activity.log.1.gz')).out).toContain('llm_call      6\n')
    expect((await runCaptured(['query'], { cwd, input: text })).out).toContain('llm_call      3\n')
  })

  test('a truncated compressed file is a failure, not an end', async () => {
    writeFileSync(join(cwd, 'torn.gz'), gzipSync(text).subarray(0, 60))
    expect((await query('torn.gz')).code).toBe(1)
  })
})

describe('quipu tail', () => {
  test('prints the last lines that fit, and counts them', async () => {
    const { code, out, said } = await runCaptured(['tail', 'activity.log', '--no-follow', '-n', '2'], { cwd })
    expect(out).toBe('[ben@example.com] llm_call model=o3 message_count=2\n[unknown] error error_type=timeout\n')
    expect({ code, said }).toEqual({ code: 0, said: 'llm_call 1, error 1\n' })
  })

  test('uses colours on a terminal, and none with NO_COLOR', async () => {
    const tail = ['tail', 'activity.log', '--no-follow']
    expect((await runCaptured(tail, { cwd, isTerminal: true })).out).toContain('\u001b[')
    expect((await runCaptured(tail, { cwd, isTerminal: true, env: { NO_COLOR: '1' } })).out).not.toContain('\u001b[')
    expect((await runCaptured(tail, { cwd, env: { FORCE_COLOR: '1' } })).out).toContain('\u001b[')
  })

  test('follows a file that grows, is replaced and is truncated, until it is interrupted', async () => {
    const path = join(cwd, 'activity.log')
    const line = (user: string) => `${formatMetricLine({ event: 'login', user, fields: {} })}\n`
    const steps: [seen: string, next: () => void][] = [
      ['[unknown] error', () => appendFileSync(path, line('grown'))],
      [
        '[grown] login',
        () => {
          renameSync(path, `${path}.1`)
          appendFileSync(`${path}.1`, line('late'))
          writeFileSync(path, line('replaced'))
        },
      ],
      [
        '[replaced] login',
        () => {
          truncateSync(path)
          appendFileSync(path, line('cut'))
        },
      ],
    ]
    const controller = new AbortController()
    let out = ''
    const done = runCaptured(['tail', 'activity.log'], {
      cwd,
      interruption: () => controller.signal,
      out: async (text) => {
        out += text
        const [step] = steps
        if (step !== undefined && out.includes(step[0])) {
          steps.shift()
          step[1]()
        }
        if (out.includes('[cut] login')) controller.abort()
      },
    })
    const { code, said } = await done
    expect(code).toBe(0)
    expect(said).toContain('login 4')
    for (const user of ['grown', 'late', 'replaced', 'cut']) expect(out.split(`[${user}] login`)).toHaveLength(2)
  })
})

test('any quantile of positive values is exact to one percent', () => {
  const value = fc.double({ min: 1e-6, max: 1e9, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (values, quantile) => {
        const sketch = createQuantileSketch()
        for (const one of values) sketch.add(one)
        const exact = [...values].sort((a, b) => a - b)[Math.ceil(quantile * values.length) - 1] ?? Number.NaN
        expect(Math.abs(sketch.quantile(quantile) - exact)).toBeLessThanOrEqual(exact * 0.0101)
        expect(sketch.quantile(quantile)).toBeGreaterThanOrEqual(Math.min(...values))
        expect(sketch.quantile(quantile)).toBeLessThanOrEqual(sketch.max)
        expect(sketch.max).toBe(Math.max(...values))
      },
    ),
  )
})
