import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFailureReport, targetOf } from './report-failure.js'

const said: string[] = []
beforeEach(() => {
  said.length = 0
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => said.push(String(line)) > 0)
})
afterEach(() => vi.restoreAllMocks())

const url = new URL('https://user:password@collector:4318/key/v1/metrics?token=secret')

test.each([
  ['connect ECONNREFUSED 127.0.0.1:4318', 'port right'],
  ['getaddrinfo ENOTFOUND collector', 'host name'],
  ['unable to verify the first certificate', 'OTEL_EXPORTER_OTLP_CERTIFICATE'],
  ['the back end answered 401', 'key or token'],
  ['the back end answered 404', 'URL and its path'],
  ['a web page answered 200, not an OTLP back end', 'URL and its path'],
  ['the back end answered 415', 'protocol'],
  ['the back end answered 503', 'tried again'],
  ['the back end answered gRPC status 16', 'key or token'],
  ['no connection (gRPC status 14)', 'port right'],
])('the first failure "%s" is reported with what to do', (message, advice) => {
  createFailureReport('metrics', url)(new Error(message))
  expect(said).toHaveLength(1)
  expect(said[0]).toContain(`quipu: the export of metrics to https://collector:4318 failed: ${message}.`)
  expect(said[0]).toContain(advice)
})

test('it is one line, once, and names no user, path or query', () => {
  const report = createFailureReport('metrics', url)
  for (let i = 0; i < 3; i++) report(new Error('the back end answered 500'))
  expect(said).toHaveLength(1)
  expect(said.join()).not.toMatch(/password|secret|key\/v1|\n./)
})

test('an error of standard error has no effect', () => {
  vi.spyOn(process.stderr, 'write').mockImplementation(() => {
    throw new Error('closed')
  })
  expect(() => createFailureReport('metrics', url)(new Error('no'))).not.toThrow()
})

test('a target has its scheme and address', () => {
  expect(targetOf(new URL('http://localhost:4317'))).toBe('http://localhost:4317')
  expect(targetOf(url)).toBe('https://collector:4318')
})
