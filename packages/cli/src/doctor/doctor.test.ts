import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCaptured } from '../../fixtures/run-captured.js'

let cwd: string
let server: Server | undefined
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'quipu-doctor-'))
  install('node_modules/@quipu/core', '@quipu/core', '0.1.0')
  install('node_modules/@opentelemetry/api', '@opentelemetry/api', '1.9.1')
})
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
  rmSync(cwd, { recursive: true, force: true })
})

function install(folder: string, name: string, version: string): void {
  mkdirSync(join(cwd, folder), { recursive: true })
  writeFileSync(join(cwd, folder, 'package.json'), JSON.stringify({ name, version }))
}

async function serve(page: string, token?: string, date = new Date()): Promise<string> {
  server = createServer((request, response) => {
    const isAllowed = token === undefined || request.headers.authorization === `Bearer ${token}`
    response.setHeader('date', date.toUTCString())
    response.writeHead(request.url === '/custom_metrics' && isAllowed ? 200 : 401).end(page)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const doctor = (args: readonly string[] = [], env: { readonly [name: string]: string } = {}) =>
  runCaptured(['doctor', ...args], { cwd, env })

test('a sound installation has no problem', async () => {
  const { code, out, said } = await doctor()
  expect(out).toContain('ok       @quipu/core 0.1.0\n')
  expect(out).toContain('ok       @opentelemetry/api 1.9.1\n')
  expect({ code, said }).toEqual({ code: 0, said: 'no problem found\n' })
})

test('two versions of the API are a problem, with their places', async () => {
  install('node_modules/other', 'other', '1.0.0')
  install('node_modules/other/node_modules/@opentelemetry/api', '@opentelemetry/api', '1.10.0')
  const { code, out } = await doctor()
  expect(out).toContain(
    '2 versions of @opentelemetry/api: 1.9.1 in node_modules/@opentelemetry/api, 1.10.0 in node_modules/other/',
  )
  expect(code).toBe(3)
})

test('different versions of @quipu packages are a problem', async () => {
  install('node_modules/@quipu/sdk', '@quipu/sdk', '0.2.0')
  expect(await doctor()).toMatchObject({ code: 3, out: expect.stringContaining('install the same version of each') })
})

test('variables are named without their values', async () => {
  const { out } = await doctor([], { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret', OTEL_SDK_DISABLED: 'true' })
  expect(out).toContain('OTEL_EXPORTER_OTLP_HEADERS, OTEL_SDK_DISABLED')
  expect(out).toContain('nothing is exported')
  expect(out).not.toContain('secret')
})

test('an endpoint that listens is fine; one that does not is a problem', async () => {
  const url = await serve('')
  expect((await doctor([], { OTEL_EXPORTER_OTLP_ENDPOINT: url })).out).toContain('accepts connections')
  server?.close()
  await once(server as Server, 'close')
  expect(await doctor([], { OTEL_EXPORTER_OTLP_ENDPOINT: url })).toMatchObject({
    code: 3,
    out: expect.stringContaining('cannot be reached: ECONNREFUSED'),
  })
})

test('self-metrics of a page are explained', async () => {
  const url = await serve(
    [
      'quipu_info{version="0.1.0"} 1',
      'quipu_instrumentation_info{kind="library",name="express",status="active"} 1',
      'quipu_dropped_total{metric="user_logins_total",reason="not_a_number"} 3',
      'quipu_exports_total{exporter="otlp",outcome="success"} 9',
      'quipu_workers_missing 0',
    ].join('\n'),
  )
  const { code, out } = await doctor([url, '--json'])
  const findings: readonly { readonly state: string; readonly what: string }[] = JSON.parse(out)
  expect(findings.slice(-3)).toEqual([
    { state: 'ok', what: 'quipu 0.1.0' },
    { state: 'ok', what: 'library express is observed' },
    expect.objectContaining({ state: 'problem', what: '3 dropped (metric=user_logins_total reason=not_a_number)' }),
  ])
  expect(code).toBe(3)
})

test('a library whose metrics have the same names is named, with the remedy', async () => {
  install('node_modules/openlit', 'openlit', '1.15.0')
  const { code, out } = await doctor()
  expect(out).toContain('openlit 1.15.0 records gen_ai metrics')
  expect(out).toContain('QUIPU_VOCABULARIES=')
  expect(code).toBe(0)
})

test('a clock that differs is a problem', async () => {
  const page = 'quipu_info{version="0.1.0"} 1'
  const late = await doctor([await serve(page, undefined, new Date(Date.now() - 3_600_000))])
  expect(late.out).toMatch(/its clock differs by 36\d\d s/)
  expect(late.code).toBe(3)
  server?.close()
  expect((await doctor([await serve(page)])).out).toContain('its clock agrees')
})

test('a protected page is read with the token; without it, the missing token is reported', async () => {
  const url = await serve('quipu_info{version="0.1.0"} 1', 'a-token')
  expect((await doctor([url])).out).toContain('requires a token')
  expect((await doctor([url, '--token', 'a-token'])).out).toContain('quipu 0.1.0')
})

test('an invalid address is a wrong argument', async () => {
  expect(await doctor(['9464'])).toMatchObject({ code: 2, said: expect.stringContaining('is not a URL') })
})
