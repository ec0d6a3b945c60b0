import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { fileSink, MetricLogProcessor } from '@quipu/activity-log'
import { createRecorder, type Recorder } from '@quipu/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startOtlpReceiver } from '../../otlp/fixtures/otlp-receiver.js'
import type { ActivityLogOptions } from './configuration/activity-log-options.js'
import type { EventLoggerProvider } from './configuration/start-options.js'
import type { Quipu } from './lifecycle/quipu.js'
import { start } from './start.js'

let recorder: Recorder
let quipu: Quipu
let folder: string

beforeEach(() => {
  recorder = createRecorder()
  folder = mkdtempSync(join(tmpdir(), 'quipu-lines-'))
})
afterEach(async () => {
  await quipu.shutdown()
  rmSync(folder, { recursive: true })
  vi.unstubAllEnvs()
})

function startWith(activityLog: ActivityLogOptions, loggerProvider?: EventLoggerProvider): string[] {
  const lines: string[] = []
  const sink = 'sink' in activityLog ? activityLog.sink : (line: string) => void lines.push(line)
  quipu = start({
    recorder,
    activityLog: { ...activityLog, sink },
    loggerProvider,
    standardMetrics: false,
    exitHooks: false,
  })
  return lines
}

const say = () => recorder.logMetric('llm_call', 'user@example.com', { model: 'gpt-4', message_count: 5 })
const LINE = '[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5'

test('an event becomes the documented line on the sink', () => {
  const lines = startWith({ enabled: true })
  say()
  expect(lines).toEqual([LINE])
})

test.each(['true', '1', 'YES', 'on', 'T', 'y'])('FEATURE_METRICS_LOGGING_ENABLED=%s turns lines on', (flag) => {
  vi.stubEnv('FEATURE_METRICS_LOGGING_ENABLED', flag)
  const lines = startWith({})
  say()
  expect(lines).toEqual([LINE])
})

test('unset is off: no listener is added, and the file is not opened', async () => {
  const onActivity = vi.spyOn(recorder, 'onActivity')
  const path = join(folder, 'activity.log')
  quipu = start({ recorder, activityLog: { sink: fileSink(path) }, exitHooks: false })
  say()
  await quipu.shutdown()
  expect(onActivity).not.toHaveBeenCalled()
  expect(existsSync(path)).toBe(false)
})

test('code that disables lines takes precedence over the flag', () => {
  vi.stubEnv('FEATURE_METRICS_LOGGING_ENABLED', 'true')
  const lines = startWith({ enabled: false })
  say()
  expect(lines).toEqual([])
})

test('lines from before start() are written by start()', () => {
  vi.stubEnv('FEATURE_METRICS_LOGGING_ENABLED', 'true')
  recorder = createRecorder()
  say()
  expect(startWith({})).toEqual([LINE])
})

test('a file has its lines after shutdown', async () => {
  const path = join(folder, 'activity.log')
  startWith({ enabled: true, sink: fileSink(path) })
  say()
  await quipu.shutdown()
  expect(readFileSync(path, 'utf8')).toBe(`${LINE}\n`)
})

test('lines as JSON, with users as pseudonyms or without users', () => {
  const lines = startWith({ enabled: true, format: 'json', users: 'none' })
  say()
  expect(JSON.parse(lines[0]!)).toMatchObject({ event: 'llm_call', user: null, fields: { model: 'gpt-4' } })
})

test('a LoggerProvider gets log records instead, with the same pseudonym as a line', async () => {
  const exporter = new InMemoryLogRecordExporter()
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] })
  const lines = startWith({ enabled: true, users: 'hmac', key: '0123456789abcdef' }, provider)
  say()
  const [record] = exporter.getFinishedLogRecords()
  const [, user] = /\[METRIC\] \[(\w{16})\] llm_call/.exec(lines[0]!) ?? []
  expect(record).toMatchObject({
    eventName: 'llm_call',
    attributes: { 'user.name': user, model: 'gpt-4', message_count: 5 },
    instrumentationScope: { name: 'quipu.atlas' },
  })
})

test('with a LoggerProvider nothing is written to standard output, and the provider is not shut down', async () => {
  const write = vi.spyOn(process.stdout, 'write')
  const written: string[] = []
  const processor = new MetricLogProcessor({ sink: (line) => void written.push(line), recorder })
  const provider = new LoggerProvider({ processors: [processor] })
  const shutdown = vi.spyOn(provider, 'shutdown')
  quipu = start({ recorder, activityLog: { enabled: true }, loggerProvider: provider, exitHooks: false })
  say()
  await quipu.shutdown()
  expect(written).toEqual([LINE])
  expect(write.mock.calls.filter(([text]) => String(text).includes('[METRIC]'))).toEqual([])
  expect(shutdown).not.toHaveBeenCalled()
  write.mockRestore()
})

test.each(['http/json', 'http/protobuf'] as const)(
  'events are exported as OTLP log records over %s',
  async (protocol) => {
    const receiver = await startOtlpReceiver()
    quipu = start({
      recorder,
      serviceName: 'atlas',
      activityLog: { enabled: true, sink: false, otlp: { url: receiver.url, protocol } },
      standardMetrics: false,
      exitHooks: false,
    })
    say()
    const outcome = await quipu.flush()
    expect(outcome).toMatchObject({ delivered: 1, held: 0, dropped: 0 })
    expect(receiver.requests[0]).toMatchObject({ path: '/v1/logs', resource: { 'service.name': 'atlas' } })
    expect(receiver.requests[0]!.logs).toEqual([
      {
        scope: 'quipu.atlas',
        eventName: 'llm_call',
        attributes: { 'user.name': 'user@example.com', model: 'gpt-4', message_count: '5' },
      },
    ])
    await receiver.close()
  },
)

test('the error of a sink is counted and does not reach the application', async () => {
  startWith({
    enabled: true,
    sink: () => {
      throw new Error('disk full')
    },
  })
  expect(say).not.toThrow()
  expect(await quipu.page('custom_metrics')).toContain('quipu_activity_lines_total{outcome="failed"} 1')
})
