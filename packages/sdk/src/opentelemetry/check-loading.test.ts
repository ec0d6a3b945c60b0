import { metrics } from '@opentelemetry/api'
import { QuipuError } from '@quipu/catalog/builtin'
import { afterEach, expect, test, vi } from 'vitest'
import { checkOptions, toConfiguration } from '../configuration/configuration.js'
import { start } from '../start.js'
import { checkLoading } from './check-loading.js'

// As in a bundle that is an ES module, which has no `require`.
vi.mock(import('../optional.cjs'), async (importOriginal) => {
  const { loadApi } = await importOriginal()
  const fail = (): never => {
    throw new Error('Dynamic require of "util" is not supported')
  }
  return { loadApi, loadSdkNode: fail, loadSdkMetrics: fail, loadResources: fail, loadConfiguration: fail }
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const configured = (options: object) => toConfiguration(checkOptions(options))

test.each([
  { otlp: { url: 'http://127.0.0.1:4318' } },
  { activityLog: { enabled: true, otlp: { url: 'http://127.0.0.1:4318' } } },
  { prometheus: { port: 0, targetInfo: true } },
])('an output in code that cannot be loaded is a coded error that explains how to bundle: %j', (options) => {
  let error: unknown
  try {
    checkLoading(configured(options))
  } catch (thrown) {
    error = thrown
  }
  expect(QuipuError.isInstance(error) && error.code).toBe('QUIPU_MODULE_NOT_LOADED')
  expect(QuipuError.isInstance(error) && error.got).toBe('Dynamic require of "util" is not supported')
  expect(QuipuError.isInstance(error) && error.fix).toContain('toRequire(import.meta.url)')
})

test('an output that only the environment enables is left out, and the application starts', () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:4318')
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const { otlp, pages } = checkLoading(configured({ prometheus: { port: 0 } }))
  expect(otlp).toBeUndefined()
  expect(pages.listen).toBeDefined()
  expect(write.mock.calls.join('')).toContain('QUIPU_MODULE_NOT_LOADED')
  write.mockRestore()
})

test('with pages alone it starts, and OpenTelemetry instruments of the application record nothing', async () => {
  vi.stubEnv('OTEL_TRACES_EXPORTER', 'otlp')
  const quipu = start({ processes: 'single' })
  metrics.getMeter('application').createCounter('jobs').add(1)
  expect(await quipu.page('metrics')).not.toContain('jobs')
  await quipu.shutdown()
})
