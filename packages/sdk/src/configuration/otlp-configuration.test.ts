import { QuipuError } from '@quipu/catalog/builtin'
import { hasGrpc } from '@quipu/otlp'
import { afterEach, expect, test, vi } from 'vitest'
import { type AppFolder, createAppFolder } from '../../fixtures/run-node.js'
import { datadogAgent, toEnvironment, toStartOptions } from '../presets.js'
import { checkOptions } from './configuration.js'
import { otlpLogs, otlpMetrics } from './otlp-configuration.js'

vi.mock(import('@quipu/otlp'), async (original) => {
  const real = await original()
  return { ...real, hasGrpc: vi.fn(real.hasGrpc) }
})
afterEach(() => {
  vi.unstubAllEnvs()
})

test('OTEL_EXPORTER_OTLP_PROTOCOL=grpc selects gRPC, on port 4317 without an endpoint', () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc')
  expect(otlpMetrics({})).toMatchObject({ protocol: 'grpc', url: new URL('http://localhost:4317') })
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:4317')
  expect(otlpMetrics({})).toMatchObject({ protocol: 'grpc', url: new URL('http://collector:4317') })
  expect(otlpLogs(true, {})).toMatchObject({ protocol: 'grpc', url: new URL('http://collector:4317') })
  vi.stubEnv('OTEL_EXPORTER_OTLP_LOGS_PROTOCOL', 'http/json')
  expect(otlpLogs({}, undefined)).toMatchObject({
    protocol: 'http/json',
    url: new URL('http://collector:4317/v1/logs'),
  })
})

test('QUIPU_OTLP_SPOOL_DIRECTORY turns the spool on without code; a directory in code takes precedence', () => {
  expect(otlpMetrics({}).spool).toBeUndefined()
  vi.stubEnv('QUIPU_OTLP_SPOOL_DIRECTORY', '/var/spool/app')
  expect(otlpMetrics({}).spool).toEqual({ directory: '/var/spool/app', maxBytes: 67_108_864, maxAgeMs: 86_400_000 })
  expect(otlpMetrics({ spool: { directory: '/srv', maxBytes: 5 } }).spool).toMatchObject({
    directory: '/srv',
    maxBytes: 5,
  })
})

test('a preset may have a spool, and is printed with it', () => {
  const preset = datadogAgent({ spool: { directory: '/var/spool/app', maxBytes: 5 } })
  expect(toStartOptions(preset)).toContain("spool: { directory: '/var/spool/app', maxBytes: 5 }")
  expect(JSON.parse(toStartOptions(preset, { format: 'json' }))).toMatchObject({ otlp: { spool: { maxBytes: 5 } } })
  expect(toEnvironment(preset)).toContain('QUIPU_OTLP_SPOOL_DIRECTORY=/var/spool/app')
})

test('without the package for gRPC, start() names the package to install', () => {
  vi.mocked(hasGrpc).mockReturnValueOnce(false)
  let error: unknown
  try {
    otlpMetrics({ protocol: 'grpc' })
  } catch (thrown) {
    error = thrown
  }
  expect(QuipuError.isInstance(error) && error.code).toBe('QUIPU_CONFIG_INVALID')
  expect(QuipuError.isInstance(error) && error.fix).toContain('npm install @grpc/grpc-js')
})

test('a variable that needs the missing package does not end the application: HTTP is used and reported', () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc')
  vi.mocked(hasGrpc).mockReturnValueOnce(false)
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  expect(otlpMetrics({})).toMatchObject({ protocol: 'http/protobuf', url: new URL('http://localhost:4318/v1/metrics') })
  expect(write.mock.calls.join('')).toContain('OTEL_EXPORTER_OTLP_PROTOCOL=grpc is ignored')
  write.mockRestore()
})

test.each([
  ['authorization', 'Bearer secret\nvalue'],
  ['x api key', 'secret'],
  ['', 'secret'],
  ['x-key', 'secret…'],
])('a header that cannot be sent (%j) is refused by start(), and its value is not shown', (name, value) => {
  let error: unknown
  try {
    checkOptions({ otlp: { url: 'http://x', headers: { [name]: value } } })
  } catch (thrown) {
    error = thrown
  }
  expect(QuipuError.isInstance(error) && error.code).toBe('QUIPU_CONFIG_INVALID')
  expect(String(error)).not.toContain('secret')
})

test('with gRPC, too, a process without its collector ends by itself, with its points on disk', async () => {
  const apps: AppFolder = await createAppFolder()
  apps.write(
    'app.mjs',
    `
    import { readdirSync } from 'node:fs'
    import { start, trackUserAction } from '@quipu/sdk'
    const quipu = start({ otlp: { url: 'http://127.0.0.1:1', protocol: 'grpc', spool: { directory: process.env.DIRECTORY } }, standardMetrics: false })
    trackUserAction('last')
    process.on('exit', () => console.log(readdirSync(process.env.DIRECTORY, { recursive: true }).some((name) => name.endsWith('.pb'))))
  `,
  )
  const startedAt = performance.now()
  const result = await apps.run('app.mjs', { env: { DIRECTORY: `${apps.path}/spool` } })
  expect(result).toMatchObject({ code: 0, signal: null, stdout: 'true\n' })
  expect(result.stderr).toMatch(/^quipu: the export of metrics to http:\/\/127\.0\.0\.1:1 failed: .*port right.*\n$/)
  expect(performance.now() - startedAt).toBeLessThan(8000)
  apps.remove()
}, 120_000)
