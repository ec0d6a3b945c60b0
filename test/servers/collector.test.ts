import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Collector, describeWithServer, startCollector, validateCollectorConfig, waitUntil } from './index.js'
import { otlpCounter, postOtlp } from './otlp-body.js'
import { createTemporaryDirectory, type TemporaryDirectory } from './temporary-directory.js'

let files: TemporaryDirectory
beforeAll(() => {
  files = createTemporaryDirectory('collector-test')
})
afterAll(() => files?.remove())

/** One metrics pipeline from OTLP to the given exporters. */
function pipeline(exporters: Record<string, unknown>, processors: Record<string, unknown> = {}) {
  return {
    receivers: { otlp: { protocols: { http: {} } } },
    processors,
    exporters,
    extensions: { health_check: {} },
    service: {
      extensions: ['health_check'],
      pipelines: {
        metrics: { receivers: ['otlp'], processors: Object.keys(processors), exporters: Object.keys(exporters) },
      },
    },
  }
}

function push(collector: Collector, ...counter: Parameters<typeof otlpCounter>): Promise<number> {
  return postOtlp(`${collector.endpoints.otlpHttp}/v1/metrics`, otlpCounter(...counter))
}

const textOf = async (url: string) => await (await fetch(url)).text()

describeWithServer('collector', 'startCollector', () => {
  const started: Collector[] = []
  const start = async (options: Parameters<typeof startCollector>[0]) => {
    const collector = await startCollector(options)
    started.push(collector)
    return collector
  }
  afterEach(async () => {
    await Promise.all(started.splice(0).map((collector) => collector.stop()))
  })

  it('receives OTLP, and shows it on its page and in its log', async () => {
    const collector = await start({ config: pipeline({ prometheus: {}, debug: { verbosity: 'detailed' } }) })
    expect(await push(collector, 'llm.requests', 5)).toBe(200)
    expect(await textOf(collector.endpoints.prometheus)).toMatch(/^llm_requests_total\{.*\} 5$/m)
    expect(collector.logs()).toContain('Name: llm.requests')
  })

  it('serves its health and its own metrics', async () => {
    const collector = await start({ config: pipeline({ debug: {} }) })
    await push(collector, 'a', 1)
    expect(await textOf(collector.endpoints.health)).toContain('Server available')
    expect(await textOf(collector.endpoints.ownMetrics)).toMatch(/^otelcol_receiver_accepted_metric_points\S* 1$/m)
  })

  it('reads variables and has its own directory, which stop removes', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the Collector's own syntax
    const path = '${env:COLLECTOR_DIR}/${env:FILE_NAME}'
    const config = pipeline({ file: { path, flush_interval: '50ms' } })
    const collector = await start({ config, env: { FILE_NAME: 'points.json' } })
    await push(collector, 'llm.requests', 5)
    const file = join(collector.directory, 'points.json')
    await waitUntil(
      async () => readFileSync(file, 'utf8').includes('"llm.requests"') || undefined,
      5000,
      () => `no metric in ${file}`,
    )
    await collector.stop()
    expect(existsSync(collector.directory)).toBe(false)
  })

  it('comes back on the same ports after a crash', async () => {
    const collector = await start({ config: pipeline({ debug: {} }) })
    await collector.kill()
    await expect(push(collector, 'a', 1)).rejects.toThrow(/fetch failed/)
    await collector.restart()
    expect(await push(collector, 'a', 1)).toBe(200)
    expect(collector.logs().match(/Everything is ready/g)).toHaveLength(2)
  })

  it('removes attributes that the redaction processor does not allow', async () => {
    const redaction = { allow_all_keys: false, allowed_keys: ['model'] }
    const collector = await start({ config: pipeline({ prometheus: {} }, { redaction }) })
    await push(collector, 'a', 1, { model: 'gpt-5', email: 'someone@example.com' })
    const page = await textOf(collector.endpoints.prometheus)
    expect(page).toContain('model="gpt-5"')
    expect(page).not.toContain('someone')
  })

  it('reports why it did not start', async () => {
    await expect(start({ config: pipeline({ no_such_exporter: {} }) })).rejects.toThrow(
      /unknown type: "no_such_exporter"/,
    )
  })
})

describeWithServer('collector', 'validateCollectorConfig', () => {
  const validate = (name: string, config: unknown) => {
    const path = join(files.path, name)
    writeFileSync(path, JSON.stringify(config))
    return validateCollectorConfig(path)
  }

  it('accepts a configuration with every component that install.sh builds', async () => {
    const exporters = {
      debug: {},
      file: { path: 'out.json' },
      otlp: { endpoint: '127.0.0.1:4317' },
      otlphttp: { endpoint: 'http://127.0.0.1:4318' },
      prometheus: { endpoint: '127.0.0.1:9464' },
    }
    const processors = {
      memory_limiter: { check_interval: '1s', limit_mib: 100 },
      attributes: { actions: [{ key: 'a', action: 'delete' }] },
      redaction: { allow_all_keys: true },
      filter: { error_mode: 'ignore', metric_conditions: ['metric.name == "a"'] },
      transform: { metric_statements: ['set(metric.description, "")'] },
      deltatocumulative: {},
      batch: {},
    }
    const config = pipeline(exporters, processors)
    const logs = { receivers: ['filelog'], exporters: ['count', 'signaltometrics'] }
    const sum = { name: 'lines', description: 'Lines.', sum: { value: '1' } }
    expect(
      await validate('all.json', {
        ...config,
        receivers: { ...config.receivers, filelog: { include: ['*.log'] } },
        connectors: { count: {}, signaltometrics: { logs: [sum] } },
        extensions: { health_check: {}, file_storage: { directory: files.path } },
        service: {
          extensions: ['health_check', 'file_storage'],
          pipelines: {
            logs,
            metrics: { ...config.service.pipelines.metrics, receivers: ['otlp', 'count', 'signaltometrics'] },
          },
        },
      }),
    ).toMatchObject({ code: 0 })
  })

  it('refuses an unknown component and an unknown setting', async () => {
    const unknownType = await validate('type.json', pipeline({ no_such_exporter: {} }))
    expect(unknownType).toMatchObject({ code: 1, stderr: expect.stringContaining('no_such_exporter') })
    const unknownKey = await validate('key.json', pipeline({ debug: { no_such_key: 1 } }))
    expect(unknownKey).toMatchObject({ code: 1, stderr: expect.stringContaining('no_such_key') })
  })
})
