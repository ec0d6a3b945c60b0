import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { collector as collectorPreset, toCollectorYaml } from '@quipu/sdk/presets'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { type FaultServer, startFaultServer } from '../../packages/otlp/fixtures/fault-server.js'
import { describeWithServer, startCollector, validateCollectorConfig, waitUntil } from '../servers/index.js'
import { createTemporaryDirectory } from '../servers/temporary-directory.js'

/** One OTLP request: a sum of 7, and a log record. */
const now = `${Date.now()}000000`
const metrics = {
  resourceMetrics: [
    {
      scopeMetrics: [
        {
          metrics: [
            {
              name: 'queued',
              sum: {
                aggregationTemporality: 1,
                isMonotonic: true,
                dataPoints: [{ asDouble: 7, startTimeUnixNano: now, timeUnixNano: now }],
              },
            },
          ],
        },
      ],
    },
  ],
}
const logs = {
  resourceLogs: [{ scopeLogs: [{ logRecords: [{ eventName: 'queued', timeUnixNano: now, severityNumber: 9 }] }] }],
}

describeWithServer('collector', 'a preset with a spool, printed as a Collector’s configuration', () => {
  it('keeps accepted data on disk through a kill, and delivers it when the back end is available', async () => {
    const directory = createTemporaryDirectory('printed-spool')
    const backend: FaultServer = await startFaultServer()
    try {
      const spool = { directory: join(directory.path, 'queue') }
      const yaml = toCollectorYaml(collectorPreset({ url: backend.url, spool }))
      const file = join(directory.path, 'collector.yaml')
      writeFileSync(file, yaml)
      expect(await validateCollectorConfig(file)).toMatchObject({ code: 0, stderr: '' })

      await backend.become('503')
      const collector = await startCollector({ config: parse(yaml) })
      const post = async (path: string, body: unknown): Promise<number> => {
        const headers = { 'content-type': 'application/json' }
        const url = `${collector.endpoints.otlpHttp}${path}`
        return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).status
      }
      expect([await post('/v1/metrics', metrics), await post('/v1/logs', logs)]).toEqual([200, 200])
      const tried = (path: string): boolean => backend.requests.some((request) => request.path === path)
      await waitUntil(async () => (tried('/v1/metrics') && tried('/v1/logs')) || undefined, 15_000, collector.logs)
      await collector.kill()
      await backend.become('none')
      await collector.restart()
      await waitUntil(
        async () => (backend.arrived.length > 0 && backend.arrivedLogs.length > 0) || undefined,
        15_000,
        collector.logs,
      )
      await collector.stop()
      expect(backend.arrived.map(({ name, value }) => [name, value])).toEqual([['queued', 7]])
      expect(backend.arrivedLogs.map(({ eventName }) => eventName)).toEqual(['queued'])
    } finally {
      await backend.close()
      directory.remove()
    }
  }, 60_000)
})
