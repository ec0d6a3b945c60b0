import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { formatMetricJson } from '@quipu/activity-log'
import { runCli } from '@quipu/cli'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithServer, promtool, startCollector, startPrometheus, waitUntil } from '../servers/index.js'
import { createTemporaryDirectory, type TemporaryDirectory } from '../servers/temporary-directory.js'

const models = ['gpt-4', 'o3']
const calls = 300
// Recent: Prometheus deletes blocks that are older than its retention.
const firstMs = Math.floor((Date.now() - 5 * 3_600_000) / 60_000) * 60_000

let folder: TemporaryDirectory
let log: string

/** Runs the command and returns its output. */
async function quipu(...args: readonly string[]): Promise<string> {
  let out = ''
  const code = await runCli(args, {
    cwd: folder.path,
    env: {},
    stdin: Readable.from([]),
    isTerminal: false,
    interruption: () => new AbortController().signal,
    out: async (text) => {
      out += text
    },
    err: () => undefined,
  })
  expect(code).toBe(0)
  return out
}

beforeAll(() => {
  folder = createTemporaryDirectory('convert')
  log = join(folder.path, 'activity.log')
  const lines = Array.from({ length: calls }, (_, i) =>
    formatMetricJson({
      event: 'llm_call',
      user: 'ana',
      fields: { model: models[i % models.length] ?? '', message_count: i },
      unixMs: firstMs + i * 30_000,
    }),
  )
  writeFileSync(log, `${lines.join('\n')}\n`)
})
afterAll(() => folder.remove())

describeWithServer(['prometheus', 'promtool'], 'quipu convert --to openmetrics', () => {
  const endSeconds = firstMs / 1000 + (calls - 1) * 30 + 60

  it('creates blocks in which Prometheus finds every line at its time', async () => {
    await checkBlocks(
      ['--by', 'event,model', '--value', 'message_count'],
      [
        ['sum(activity_events_total)', endSeconds, calls],
        ['sum(activity_message_count_total)', endSeconds, (calls * (calls - 1)) / 2],
        ['activity_events_total{event="llm_call",model="o3"}', endSeconds, calls / 2],
        // 121 lines have times from the first to this second, both included.
        ['sum(activity_events_total)', firstMs / 1000 + 3600, 121],
        ['sum(activity_events_total)', firstMs / 1000 - 60, 0],
      ],
    )
  })

  it('creates blocks of a histogram, from which Prometheus computes quantiles', async () => {
    await checkBlocks(
      ['--by', 'model', '--value', 'message_count', '--buckets', '99,199,299'],
      [
        ['sum(activity_message_count_bucket{le="99.0"})', endSeconds, 100],
        ['sum(activity_message_count_count)', endSeconds, calls],
        ['sum(activity_message_count_sum)', endSeconds, (calls * (calls - 1)) / 2],
        ['histogram_quantile(0.5, sum by (le) (activity_message_count_bucket))', endSeconds, 149],
      ],
    )
  })

  /** Creates blocks from the lines, and queries a Prometheus that has no other data. */
  async function checkBlocks(
    args: readonly string[],
    expected: readonly (readonly [expression: string, seconds: number, value: number])[],
  ): Promise<void> {
    const data = mkdtempSync(join(folder.path, 'data-'))
    const page = join(folder.path, 'activity.om')
    writeFileSync(page, await quipu('convert', log, '--to', 'openmetrics', ...args))
    const made = await promtool(['tsdb', 'create-blocks-from', 'openmetrics', page, data])
    expect(made).toMatchObject({ stderr: '', code: 0 })
    const prometheus = await startPrometheus({ dataFolder: data })
    try {
      for (const [expression, seconds, value] of expected) {
        const results = await prometheus.query(expression, seconds)
        expect([expression, results.map((result) => result.value)]).toEqual([expression, [value]])
      }
    } finally {
      await prometheus.stop()
    }
  }
})

describeWithServer('collector', 'quipu convert --to otlp', () => {
  it('sends every line to a Collector, with its time, event and fields', async () => {
    const collector = await startCollector({
      config: {
        receivers: { otlp: { protocols: { http: {} } } },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the Collector's own syntax
        exporters: { file: { path: '${env:COLLECTOR_DIR}/received.json', flush_interval: '50ms' } },
        service: { pipelines: { logs: { receivers: ['otlp'], exporters: ['file'] } } },
      },
    })
    try {
      await quipu('convert', log, '--to', 'otlp', '--endpoint', collector.endpoints.otlpHttp)
      const records = await waitUntil(
        async () => {
          const found = readReceived(join(collector.directory, 'received.json'))
          return found.length === calls ? found : undefined
        },
        15_000,
        () => collector.logs(),
      )
      expect(records[7]).toMatchObject({
        timeUnixNano: `${firstMs + 7 * 30_000}000000`,
        eventName: 'llm_call',
        attributes: [
          { key: 'user.name', value: { stringValue: 'ana' } },
          { key: 'model', value: { stringValue: 'o3' } },
          { key: 'message_count', value: { intValue: '7' } },
        ],
      })
    } finally {
      await collector.stop()
    }
  })
})

function readReceived(path: string): readonly unknown[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => JSON.parse(line).resourceLogs)
    .flatMap(({ scopeLogs }) => scopeLogs)
    .flatMap(({ logRecords }) => logRecords)
}
