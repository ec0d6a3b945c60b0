import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { callLine } from '../../fixtures/call-line.js'
import { runCaptured } from '../../fixtures/run-captured.js'
import { createStepCounts } from './step-counts.js'

const at = Date.UTC(2026, 0, 28, 9, 30)
const call = (model: string, tokens: number, second: number) => callLine(model, tokens, at + second * 1000)
const text = [
  call('gpt-4', 5, 0),
  call('o"3\\', 2, 10),
  call('gpt-4', 7, 70),
  '[METRIC] [unknown] error error_type="a, b"',
  '[METRIC] [torn',
].join('\n')

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'quipu-convert-'))
  writeFileSync(join(cwd, 'activity.log'), text)
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const convert = (...args: readonly string[]) => runCaptured(['convert', ...args], { cwd })

describe('quipu convert', () => {
  test('writes cumulative counters with the time of each step', async () => {
    const { code, out, said } = await convert(
      ...['activity.log', '--to', 'openmetrics', '--by', 'model', '--value', 'total_tokens'],
    )
    const seconds = at / 1000
    expect(out).toBe(
      [
        '# HELP activity_events [METRIC] lines',
        '# TYPE activity_events counter',
        `activity_events_total{model="gpt-4"} 0 ${seconds - 60}`,
        `activity_events_total{model="gpt-4"} 1 ${seconds}`,
        `activity_events_total{model="gpt-4"} 1 ${seconds + 60}`,
        `activity_events_total{model="gpt-4"} 2 ${seconds + 120}`,
        String.raw`activity_events_total{model="o\"3\\"} 0 ${seconds - 60}`,
        String.raw`activity_events_total{model="o\"3\\"} 0 ${seconds}`,
        String.raw`activity_events_total{model="o\"3\\"} 1 ${seconds + 60}`,
        String.raw`activity_events_total{model="o\"3\\"} 1 ${seconds + 120}`,
        '# HELP activity_total_tokens Sum of total_tokens of [METRIC] lines',
        '# TYPE activity_total_tokens counter',
        `activity_total_tokens_total{model="gpt-4"} 0 ${seconds - 60}`,
        `activity_total_tokens_total{model="gpt-4"} 5 ${seconds}`,
        `activity_total_tokens_total{model="gpt-4"} 5 ${seconds + 60}`,
        `activity_total_tokens_total{model="gpt-4"} 12 ${seconds + 120}`,
        String.raw`activity_total_tokens_total{model="o\"3\\"} 0 ${seconds - 60}`,
        String.raw`activity_total_tokens_total{model="o\"3\\"} 0 ${seconds}`,
        String.raw`activity_total_tokens_total{model="o\"3\\"} 2 ${seconds + 60}`,
        String.raw`activity_total_tokens_total{model="o\"3\\"} 2 ${seconds + 120}`,
        '# EOF',
        '',
      ].join('\n'),
    )
    expect(said).toContain('1 records have no time and are left out')
    expect(said).toContain('1 lines have [METRIC] and are not readable')
    expect(code).toBe(0)
  })

  test('writes a histogram of a field, each point whole', async () => {
    const args = ['activity.log', '--to', 'openmetrics', '--by', 'model', '--value', 'total_tokens']
    const { out } = await convert(...args, '--buckets', '2.5,5')
    const seconds = at / 1000
    const point = (model: string, counts: readonly [number, number, number], sum: number, time: number) =>
      [
        `activity_total_tokens_bucket{model="${model}",le="2.5"} ${counts[0]} ${time}`,
        `activity_total_tokens_bucket{model="${model}",le="5.0"} ${counts[1]} ${time}`,
        `activity_total_tokens_bucket{model="${model}",le="+Inf"} ${counts[2]} ${time}`,
        `activity_total_tokens_count{model="${model}"} ${counts[2]} ${time}`,
        `activity_total_tokens_sum{model="${model}"} ${sum} ${time}`,
      ].join('\n')
    const [, histogram] = out.split('# TYPE activity_total_tokens histogram\n')
    expect(histogram).toBe(
      `${[
        point('gpt-4', [0, 0, 0], 0, seconds - 60),
        point('gpt-4', [0, 1, 1], 5, seconds),
        point('gpt-4', [0, 1, 1], 5, seconds + 60),
        point('gpt-4', [0, 1, 2], 12, seconds + 120),
        point('o\\"3\\\\', [0, 0, 0], 0, seconds - 60),
        point('o\\"3\\\\', [0, 0, 0], 0, seconds),
        point('o\\"3\\\\', [1, 1, 1], 2, seconds + 60),
        point('o\\"3\\\\', [1, 1, 1], 2, seconds + 120),
        '# EOF',
      ].join('\n')}\n`,
    )
  })

  test.each([
    [['--buckets', '1,2'], '--buckets: name the field with --value'],
    [['--value', 'total_tokens', '--buckets', '2,1'], 'They must be ascending numbers'],
  ])('refuses %j', async (args, why) => {
    const { code, said } = await convert('activity.log', '--to', 'openmetrics', ...args)
    expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining(why) })
  })

  test.each([
    [['--to', 'csv', '--buckets', '1,2'], '--buckets belongs to --to openmetrics: csv has no such option'],
    [['--to', 'openmetrics', '--fields', 'model'], '--fields belongs to --to csv or parquet'],
    [['--to', 'parquet', '--out', 'a.parquet', '--endpoint', 'http://127.0.0.1:1'], '--endpoint belongs to --to otlp'],
  ])('refuses an option of another format: %j', async (args, why) => {
    const { code, said } = await convert('activity.log', ...args)
    expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining(why) })
  })

  test.each(['openmetrics', 'otlp', 'csv'])('writes %s into a file', async (format) => {
    const printed = await convert('activity.log', '--to', format)
    const { code, out } = await convert('activity.log', '--to', format, '--out', 'converted')
    expect({ code, out }).toEqual({ code: 0, out: '' })
    expect(readFileSync(join(cwd, 'converted'), 'utf8')).toBe(printed.out)
  })

  test('writes CSV with a column for each field', async () => {
    const { out } = await convert('activity.log', '--to', 'csv')
    expect(out.split('\r\n')).toEqual([
      'time,event,user,error_type,model,total_tokens',
      '2026-01-28T09:30:00.000Z,llm_call,ana,,gpt-4,5',
      '2026-01-28T09:30:10.000Z,llm_call,ana,,"o""3\\",2',
      '2026-01-28T09:31:10.000Z,llm_call,ana,,gpt-4,7',
      ',error,,"a, b",,',
      '',
    ])
  })

  test('writes Parquet with numbers and times, which another reader reads', async () => {
    const { code, said } = await convert('activity.log', '--to', 'parquet', '--out', 'activity.parquet')
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining('4 rows\n') })
    const row = { event: 'llm_call', user: 'ana', error_type: null }
    expect(await parquetReadObjects({ file: await asyncBufferFromFile(join(cwd, 'activity.parquet')) })).toEqual([
      { ...row, time: new Date(at), model: 'gpt-4', total_tokens: 5 },
      { ...row, time: new Date(at + 10_000), model: 'o"3\\', total_tokens: 2 },
      { ...row, time: new Date(at + 70_000), model: 'gpt-4', total_tokens: 7 },
      { event: 'error', user: null, error_type: 'a, b', time: null, model: null, total_tokens: null },
    ])
  })

  test('a field with the name of another column has its own column', async () => {
    writeFileSync(join(cwd, 'activity.log'), '[METRIC] [ana] login user=ben time=now\n')
    const { out } = await convert('activity.log', '--to', 'csv')
    expect(out).toBe('time,event,user,field_time,field_user\r\n,login,ana,now,ben\r\n')
  })

  test('writes OTLP requests, one per line', async () => {
    const { out, said } = await convert('activity.log', '--to', 'otlp', '--where', 'total_tokens=5')
    expect(JSON.parse(out).resourceLogs[0].scopeLogs[0].logRecords).toEqual([
      {
        timeUnixNano: `${at}000000`,
        eventName: 'llm_call',
        attributes: [
          { key: 'user.name', value: { stringValue: 'ana' } },
          { key: 'model', value: { stringValue: 'gpt-4' } },
          { key: 'total_tokens', value: { intValue: '5' } },
        ],
      },
    ])
    expect(said).toContain('1 log records\n')
  })

  test.each([
    [['--to', 'xml'], 'Allowed choices are openmetrics, otlp, csv, parquet'],
    [[], "required option '--to <format>' not specified"],
    [['--to', 'openmetrics', '--by', 'day'], '--by day: the samples have times'],
    [['--to', 'openmetrics', '--step', '0'], 'It must be a whole number of seconds.'],
    [['--to', 'parquet'], 'name a file with --out'],
    [['--to', 'otlp', '--endpoint', 'there'], 'there is not an address'],
    [['-', '--to', 'csv'], 'name the columns with --fields'],
  ])('%j exits with 2 and says why', async (args, why) => {
    const { code, said } = await convert(...(args[0] === '-' ? [] : ['activity.log']), ...args)
    expect(said).toContain(why)
    expect(code).toBe(2)
  })
})

test('the last sample of a series is the sum of its amounts, and samples never decrease', () => {
  const entry = fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 600_000 }), fc.nat(1000))
  fc.assert(
    fc.property(fc.array(entry), fc.integer({ min: 1, max: 90 }), (entries, step) => {
      const counts = createStepCounts(step)
      for (const [series, time, amount] of entries) counts.add(series, time, amount)
      const samples = [...counts.samples()]
      expect(samples).toHaveLength(counts.sampleCount())
      for (const series of ['a', 'b']) {
        const own = samples.filter(([name]) => name === series)
        const totals = own.map(([, , total]) => total)
        const sum = entries.filter(([name]) => name === series).reduce((total, [, , amount]) => total + amount, 0)
        expect(totals.at(-1) ?? 0).toBe(sum)
        expect(totals).toEqual(totals.toSorted((x, y) => x - y))
        expect(totals[0] ?? 0).toBe(0)
      }
    }),
  )
})
