import { appendFileSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createActivityWriter, fileSink } from '@quipu/activity-log'
import { createRecorder } from '@quipu/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type Collector,
  describeWithServer,
  freePort,
  type Prometheus,
  startCollector,
  startPrometheus,
  waitUntil,
} from '../servers/index.js'
import { createTemporaryDirectory, type TemporaryDirectory } from '../servers/temporary-directory.js'
import { toTable, waitForTable } from './queried-samples.js'
import type { Sample } from './recorded-metrics.js'

/** Receives the exports of the Collector under test, and writes them to a file as OTLP JSON. */
const receiverConfig = {
  receivers: { otlp: { protocols: { http: {} } } },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the Collector's own syntax
  exporters: { file: { path: '${env:COLLECTOR_DIR}/received.json', flush_interval: '50ms' } },
  service: {
    pipelines: {
      logs: { receivers: ['otlp'], exporters: ['file'] },
      metrics: { receivers: ['otlp'], exporters: ['file'] },
    },
  },
}

interface OtlpAttribute {
  readonly key: string
  readonly value: { readonly stringValue?: string }
}
interface OtlpLogs {
  readonly resourceLogs?: readonly {
    readonly scopeLogs: readonly {
      readonly logRecords: readonly {
        readonly eventName?: string
        readonly body?: { readonly stringValue?: string }
        readonly attributes: readonly OtlpAttribute[]
      }[]
    }[]
  }[]
}

/** The received log records: event, body, attributes. */
function receivedRecords(receiver: Collector) {
  const lines = readFileSync(join(receiver.directory, 'received.json'), 'utf8').split('\n').filter(Boolean)
  return lines
    .flatMap((line): NonNullable<OtlpLogs['resourceLogs']> => {
      const request: OtlpLogs = JSON.parse(line)
      return request.resourceLogs ?? []
    })
    .flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords))
    .map(({ eventName, body, attributes }) => ({
      event: eventName,
      body: body?.stringValue,
      attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue])),
    }))
}

describeWithServer(['collector', 'prometheus'], 'fileSink → file_log → Prometheus', () => {
  let files: TemporaryDirectory
  let receiver: Collector
  let collector: Collector
  let prometheus: Prometheus
  let path: string
  let pageUrl: string
  const recorder = createRecorder({ activityLog: true, vocabularies: ['atlas'] })
  let writer: ReturnType<typeof createActivityWriter>

  beforeAll(async () => {
    files = createTemporaryDirectory('activity-test')
    path = join(files.path, 'activity.log')
    writer = createActivityWriter({ sink: fileSink(path), recorder })
    recorder.onActivity(writer)
    receiver = await startCollector({ config: receiverConfig })
    const page = `127.0.0.1:${await freePort()}`
    pageUrl = `http://${page}/metrics`
    collector = await startCollector({
      configFile: 'otel-collector.yaml',
      env: {
        ACTIVITY_LOG: path,
        ACTIVITY_PAGE: page,
        OTLP_OUT: 'otlp_http',
        OTLP_OUT_ENDPOINT: receiver.endpoints.otlpHttp,
      },
    })
    prometheus = await startPrometheus({
      scrapes: [{ jobName: 'activity', url: pageUrl, settings: { honor_labels: true } }],
    })
  })
  afterAll(async () => {
    await prometheus?.stop()
    await collector?.stop()
    await receiver?.stop()
    await writer?.close()
    files?.remove()
  })

  const events = (event_name: string, labels: Readonly<Record<string, string>>, value: number): Sample => ({
    name: 'activity_events_total',
    labels: { event_name, ...labels },
    value,
  })

  it('counts logged events by event and by their fields, never by user', async () => {
    for (let i = 0; i < 100; i++) {
      recorder.logMetric('llm_call', `user${i}@example.com`, { model: 'gpt-4', message_count: 5, tool_count: i % 2 })
    }
    recorder.logMetric('llm_call', "o'brien@example.com", { message_count: 3, model: 'gpt 4 turbo' })
    recorder.logMetric('tool_call', null, { tool_name: 'calculator' })
    recorder.logMetric('tool_call', null, { tool_name: 'calculator' })
    recorder.logMetric('tool_error', null, { tool_name: 'file_reader' })
    recorder.logMetric('file_upload', 'a@b.c', { file_size: 1024, content_type: 'application/pdf', file_count: 1 })
    recorder.logMetric('file_stored', 'a@b.c', { file_size: 2048, content_type: 'image/png', category: 'uploads' })
    recorder.logMetric('error', 'a@b.c', { error_type: 'rate_limit' })
    recorder.logMetric('error', null)
    await writer.flush()
    appendFileSync(path, 'a forged line: [METRIC] [victim@example.com] llm_call model=planted\n[METRIC] [torn')
    appendFileSync(path, '\n')

    const expected = toTable([
      events('llm_call', { model: 'gpt-4' }, 100),
      events('llm_call', { model: 'gpt 4 turbo' }, 1),
      events('tool_call', { tool_name: 'calculator' }, 2),
      events('tool_error', { tool_name: 'file_reader' }, 1),
      events('file_upload', { content_type: 'application/pdf' }, 1),
      events('file_stored', { content_type: 'image/png', category: 'uploads' }, 1),
      events('error', { error_type: 'rate_limit' }, 1),
      events('error', {}, 1),
      { name: 'activity_messages_total', labels: { model: 'gpt-4' }, value: 500 },
      { name: 'activity_messages_total', labels: { model: 'gpt 4 turbo' }, value: 3 },
      { name: 'activity_tool_requests_total', labels: { model: 'gpt-4' }, value: 50 },
      {
        name: 'activity_file_bytes_total',
        labels: { event_name: 'file_upload', content_type: 'application/pdf' },
        value: 1024,
      },
      {
        name: 'activity_file_bytes_total',
        labels: { event_name: 'file_stored', content_type: 'image/png', category: 'uploads' },
        value: 2048,
      },
      { name: 'activity_unreadable_lines_total', labels: {}, value: 2 },
    ])
    expect(await waitForTable(prometheus, '{job="securetrack"}', expected)).toEqual([])
    expect(await (await fetch(pageUrl)).text()).not.toMatch(/@|planted|torn/)
  })

  it('exports every event as a log record with its declared fields, and never the text of a line', async () => {
    const records = await waitUntil(
      async () => {
        const received = receivedRecords(receiver)
        return received.length >= 108 ? received : undefined
      },
      10_000,
      () => `${receivedRecords(receiver).length} records arrived`,
    )
    expect(records).toHaveLength(108)
    expect(records).toContainEqual({
      event: 'file_stored',
      body: 'file_stored',
      attributes: {
        'event.name': 'file_stored',
        'user.name': 'a@b.c',
        file_size: '2048',
        content_type: 'image/png',
        category: 'uploads',
      },
    })
    expect(records).toContainEqual({ event: 'error', body: 'error', attributes: { 'event.name': 'error' } })
    expect(records).toContainEqual({
      event: 'llm_call',
      body: 'llm_call',
      attributes: {
        'event.name': 'llm_call',
        'user.name': "o'brien@example.com",
        message_count: '3',
        model: 'gpt 4 turbo',
      },
    })
    expect(readFileSync(join(receiver.directory, 'received.json'), 'utf8')).not.toMatch(/planted|torn|\[METRIC\] \[/)
  })

  it('counts a line exactly once when the Collector is killed and the file is rotated meanwhile', async () => {
    // The counters restart with the process, which Prometheus recognises as a reset: they then show later lines only.
    const size = statSync(path).size
    await waitUntil(
      async () => placeInFile(collector) === size || undefined,
      10_000,
      () => `the Collector remembers ${placeInFile(collector)} of ${size} bytes`,
    )
    await collector.kill()
    for (let i = 0; i < 7; i++) recorder.logMetric('tool_call', null, { tool_name: 'calculator' })
    await writer.flush()
    await collector.restart()
    expect(
      await waitForTable(prometheus, '{__name__="activity_events_total",tool_name="calculator"}', {
        'activity_events_total{event_name="tool_call",tool_name="calculator"}': 7,
      }),
    ).toEqual([])
    renameSync(path, `${path}.1`)
    for (let i = 0; i < 4; i++) recorder.logMetric('tool_error', null, { tool_name: 'calculator' })
    await writer.flush()
    expect(
      await waitForTable(prometheus, '{__name__="activity_events_total",tool_name="calculator"}', {
        'activity_events_total{event_name="tool_call",tool_name="calculator"}': 7,
        'activity_events_total{event_name="tool_error",tool_name="calculator"}': 4,
      }),
    ).toEqual([])
  })
})

/** The receiver's read position on disk. */
function placeInFile(collector: Collector): number {
  const name = readdirSync(collector.directory).find((file) => file.startsWith('receiver_'))
  const text = name === undefined ? '' : readFileSync(join(collector.directory, name), 'latin1')
  return Math.max(0, ...[...text.matchAll(/"Offset":(\d+)/g)].map(([, offset]) => Number(offset)))
}
