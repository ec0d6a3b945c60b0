import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type AppFolder, createAppFolder } from '../../packages/sdk/fixtures/run-node.js'
import { type Collector, describeWithServer, startCollector } from '../servers/index.js'

/** An application that counts a given number, exports it, reports the outcome, and runs until it is ended. */
const app = `
import { start } from '@quipu/sdk'
import { createRecorder } from '@quipu/core'
const recorder = createRecorder()
const { OTLP, SPOOL, COUNT, LAST, TIMEOUT } = process.env
const quipu = start({
  recorder,
  otlp: { url: OTLP, temporality: 'delta', timeoutMs: Number(TIMEOUT), spool: { directory: SPOOL } },
  resource: { 'service.instance.id': 'one' },
  standardMetrics: false,
})
for (let i = 0; i < Number(COUNT); i++) {
  recorder.metrics.user_action_total.add(1, { action_type: 'outage' })
  await quipu.flush()
}
if (LAST === 'true') await quipu.shutdown()
else setInterval(() => {}, 1000)
console.log('done')
`

describeWithServer('collector', 'an outage of the Collector, and applications that are killed in it', () => {
  let collector: Collector
  let apps: AppFolder
  beforeAll(async () => {
    apps = await createAppFolder()
    apps.write('app.mjs', app)
    collector = await startCollector({
      config: {
        receivers: { otlp: { protocols: { http: {}, grpc: {} } } },
        exporters: { debug: { verbosity: 'detailed' } },
        service: { pipelines: { metrics: { receivers: ['otlp'], exporters: ['debug'] } } },
      },
    })
  }, 120_000)
  afterAll(async () => {
    await collector?.stop()
    apps?.remove()
  })

  it('lose no exported point: each delta arrives once, in order, with its own time', async () => {
    await run(5, 'SIGTERM')
    await collector.kill()
    await run(7, 'SIGKILL')
    await run(11, 'SIGKILL')
    await collector.restart()
    await run(13, 'end')
    const points = pointsIn(collector.logs())
    const times = points.map(({ time }) => time)
    expect(times).toEqual([...new Set(times)].sort())
    expect(points).toHaveLength(5 + 7 + 11 + 13)
    expect(points.reduce((sum, { value }) => sum + value, 0)).toBe(5 + 7 + 11 + 13)
    expect(readdirSync(join(apps.path, 'spool', 'metrics'))).toEqual([])
  }, 60_000)

  async function run(count: number, ending: NodeJS.Signals | 'end'): Promise<void> {
    const result = await apps.run('app.mjs', {
      env: {
        OTLP: collector.endpoints.otlpHttp,
        SPOOL: join(apps.path, 'spool'),
        COUNT: String(count),
        LAST: String(ending === 'end'),
        // A late response counts as missing, and the batch is sent again. Without a server there is nothing to wait for.
        TIMEOUT: ending === 'SIGKILL' ? '500' : '10000',
      },
      onOutput: ({ stdout }, child) => {
        if (ending !== 'end' && stdout.includes('done')) child.kill(ending)
      },
    })
    expect(result.stdout).toBe('done\n')
    // Only the first failed export is reported.
    const complaints = result.stderr.split('\n').filter(Boolean)
    expect(complaints).toEqual(ending === 'SIGKILL' ? [expect.stringContaining('ECONNREFUSED')] : [])
  }
})

/** The points of the metric in the output of the debug exporter. */
function pointsIn(log: string): readonly { readonly time: string; readonly value: number }[] {
  return log
    .split('NumberDataPoints #')
    .filter((text) => text.includes('action_type: Str(outage)'))
    .map((text) => ({
      time: /^Timestamp: (.*)$/m.exec(text)?.[1] ?? '',
      value: Number(/^Value: (.*)$/m.exec(text)?.[1]),
    }))
}
