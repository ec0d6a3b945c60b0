import { cpSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startOtlpReceiver } from '../../otlp/fixtures/otlp-receiver.js'
import { samplesOf } from '../fixtures/page-points.js'
import { register, runAndScrape } from '../fixtures/run-and-scrape.js'
import { type AppFolder, createAppFolder } from '../fixtures/run-node.js'

const root = fileURLToPath(new URL('../../../node_modules/', import.meta.url))

// An application without Quipu: a route, a model client, some requests, and its own output.
const body = `
const app = express()
app.set('strict routing', true)
app.get('/users/:id', async (req, res) => {
  const answer = await client.chat.completions.create({ model: 'gpt-4', messages: [{ role: 'user', content: 'secret question' }] })
  res.json({ id: req.params.id, said: answer.choices[0].message.content })
})
app.get('/boom', () => { throw new Error('boom') })
app.use((error, req, res, next) => res.status(500).send(error.message))
const model = createServer((req, res) => {
  req.resume()
  res.setHeader('content-type', 'application/json')
  res.end(JSON.stringify({ id: '1', object: 'chat.completion', model: 'gpt-4', choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }], usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 } }))
})
const listening = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve('http://127.0.0.1:' + server.address().port)))
let client
async function main() {
  client = new OpenAI({ apiKey: 'x', baseURL: (await listening(model)) + '/v1', maxRetries: 0 })
  const server = createServer(app)
  const base = await listening(server)
  for (const path of ['/users/42', '/users/43', '/boom', '/users/42/']) console.log(path, await (await fetch(base + path)).text().then((text) => text.replace(/<[^]*>/g, '').trim()))

  process.once('SIGTERM', () => { for (const each of [server, model]) { each.close(); each.closeAllConnections() } })
  console.log('served')
}
main()
`

let apps: AppFolder

beforeAll(async () => {
  apps = await createAppFolder()
  apps.write(
    'app.mjs',
    `import express from 'express'\nimport OpenAI from 'openai'\nimport { createServer } from 'node:http'\n${body}`,
  )
  apps.write(
    'app.cjs',
    `const express = require('express')\nconst OpenAI = require('openai')\nconst { createServer } = require('node:http')\n${body}`,
  )
  // The oldest supported versions, in a folder where the application finds them.
  mkdirSync(join(apps.path, 'old/node_modules'), { recursive: true })
  cpSync(join(root, 'express-4'), join(apps.path, 'old/node_modules/express'), { recursive: true })
  cpSync(join(root, 'openai-4'), join(apps.path, 'old/node_modules/openai'), { recursive: true })
  apps.write(
    'old/app.mjs',
    `import express from 'express'\nimport OpenAI from 'openai'\nimport { createServer } from 'node:http'\n${body}`,
  )
  apps.write(
    'old/app.cjs',
    `const express = require('express')\nconst OpenAI = require('openai')\nconst { createServer } = require('node:http')\n${body}`,
  )
}, 120_000)
afterAll(() => apps.remove())

test.each([
  ['app.mjs', 'express 5.3.0 · models seen on the wire'],
  ['app.cjs', 'express 5.3.0 · models seen on the wire'],
  ['old/app.mjs', 'express 4.22.3 · models seen on the wire'],
  ['old/app.cjs', 'express 4.22.3 · models seen on the wire'],
])(
  '%s, unchanged: requests and model calls are on the page, and one line lists the observed libraries',
  async (name, found) => {
    const { custom, standard, ...result } = await runAndScrape(apps, name)
    expect(result.stderr.split('\n').filter((line) => !/Warning|--trace/.test(line))).toEqual([
      expect.stringMatching(`^quipu: http ${found} · pages http://127\\.0\\.0\\.1:\\d+/custom_metrics$`),
      '',
    ])
    const samples = samplesOf(custom)
    expect(samples.get('app_requests_total endpoint=/users/:id method=GET status_code=200')).toBe(2)
    expect(samples.get('app_requests_total endpoint=/boom method=GET status_code=500')).toBe(1)
    expect(samples.get('app_requests_total endpoint=unmatched method=GET status_code=404')).toBe(1)
    expect(samples.get('llm_requests_total endpoint=chat model=gpt-4')).toBe(2)
    expect(samples.get('llm_tokens_total model=gpt-4 type=input')).toBe(24)
    expect(
      samplesOf(standard).get(
        'http_server_request_duration_seconds_count error_type=Error http_request_method=GET http_response_status_code=500 http_route=/boom network_protocol_version=1.1 url_scheme=http',
      ),
    ).toBe(1)
    expect(custom + standard).not.toContain('secret')
  },
)

test.each(['app.mjs', 'app.cjs', 'old/app.mjs'])('%s responds and ends as it does without Quipu', async (name) => {
  const alone = await apps.run(name, {
    onOutput: ({ stdout }, child) => stdout.includes('served') && child.kill('SIGTERM'),
  })
  const { code, signal, stdout } = await runAndScrape(apps, name)
  expect({ code, signal, stdout }).toEqual({ code: alone.code, signal: alone.signal, stdout: alone.stdout })
  expect(stdout).toContain('/users/42 {"id":"42","said":"hello"}\n')
})

test('the pages use the next free port when theirs is in use, and the line shows it', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  const { stderr, custom } = await runAndScrape(apps, 'app.mjs', { OTEL_EXPORTER_PROMETHEUS_PORT: String(port) })
  const [, said] = /:(\d+)\/custom_metrics\n/.exec(stderr) ?? []
  expect(Number(said)).toBeGreaterThan(port)
  expect(custom).toContain('app_requests_total')
  await new Promise((resolve) => other.close(resolve))
})

test('an invalid variable is reported and ignored, and the application runs', async () => {
  const result = await apps.run('app.mjs', {
    args: register,
    env: { OTEL_METRICS_EXPORTER: 'statsd' },
    onOutput: ({ stdout, stderr }, child) =>
      stdout.includes('served') && stderr.includes('pages') && child.kill('SIGTERM'),
  })
  expect(result.code).toBe(0)
  expect(result.stderr).toContain('quipu: OTEL_METRICS_EXPORTER is ignored: it must be')
  expect(result.stderr).toContain('pages http://127.0.0.1:')
})

test.each([
  ['app.mjs', 'every file'],
  ['app.cjs', 'every file'],
  ['app.cjs', 'the files of the application'],
])(
  "%s runs under Node's permission model, which allows no threads, no writing, and to read %s",
  async (name, files) => {
    const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'
    const readable = files === 'every file' ? ['*'] : [`${apps.path}/*`, `${dirname(root.slice(0, -1))}/*`]
    const net = process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : []
    let isAsked = false
    const result = await apps.run(name, {
      args: [flag, ...readable.map((path) => `--allow-fs-read=${path}`), ...net, ...register],
      env: { OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
      onOutput({ stdout }, child) {
        // Once: a second signal would find the application's own listener removed.
        if (!isAsked && stdout.includes('served')) child.kill('SIGTERM')
        isAsked ||= stdout.includes('served')
      },
    })
    expect(result.code).toBe(0)
    expect(result.stdout).toContain('/users/42 {"id":"42","said":"hello"}\n')
  },
)

test.each([
  ['TextEncoder and TextDecoder', 'delete globalThis.TextEncoder; delete globalThis.TextDecoder'],
  [
    'a temporary folder',
    `import os from 'node:os'; import { syncBuiltinESMExports } from 'node:module'
     os.tmpdir = () => { throw new Error('no temporary folder') }; syncBuiltinESMExports()`,
  ],
  ['room for its errors', `import { closeSync, openSync } from 'node:fs'; closeSync(2); openSync('/dev/full', 'w')`],
])('on a host without %s an application runs as it does without Quipu', async (_, change) => {
  apps.write('odd-host.mjs', change)
  apps.write('plain.cjs', `require('@quipu/sdk').trackUserAction('x'); setTimeout(() => console.log('ran'), 500)`)
  const args = ['--import', join(apps.path, 'odd-host.mjs'), ...register]
  const result = await apps.run('plain.cjs', { args, env: { OTEL_EXPORTER_PROMETHEUS_PORT: '0' } })
  expect(result).toMatchObject({ code: 0, stdout: 'ran\n' })
  expect(result.stderr).not.toContain('quipu: off')
})

test('under OTEL_SDK_DISABLED it does nothing', async () => {
  const result = await apps.run('app.mjs', {
    args: register,
    env: { OTEL_SDK_DISABLED: 'true' },
    onOutput: ({ stdout }, child) => stdout.includes('served') && child.kill('SIGTERM'),
  })
  expect(result).toMatchObject({ code: 0, stderr: '' })
})

test.each([
  ['', { code: 0 }],
  ['process.exit(3)', { code: 3 }],
  ['throw new Error("boom")', { code: 1 }],
  ['process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)', { code: null, signal: 'SIGTERM' }],
  [
    'process.once("SIGINT", () => process.exit(9)); process.kill(process.pid, "SIGINT"); await new Promise(() => setInterval(() => {}, 1000))',
    { code: 9 },
  ],
])(
  'a script that ends before Quipu has started still delivers its values, and ends as it would: %s',
  async (end, ended) => {
    const receiver = await startOtlpReceiver()
    apps.write('script.mjs', `import { trackUserAction } from '@quipu/sdk'; trackUserAction('script'); ${end}`)
    const result = await apps.run('script.mjs', {
      args: register,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
    })
    expect(result).toMatchObject(ended)
    const points = receiver.requests.flatMap((request) => request.points)
    expect(points.find(({ attributes }) => attributes.action_type === 'script')?.value).toBe(1)
    await receiver.close()
  },
)

test('a script that exits at once without a recorded value does not start Quipu', async () => {
  apps.write('nothing.mjs', 'process.exit(3)')
  const receiver = await startOtlpReceiver()
  const result = await apps.run('nothing.mjs', { args: register, env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } })
  expect(result).toMatchObject({ code: 3, stderr: '' })
  expect(receiver.requests).toEqual([])
  await receiver.close()
})

test('the line at the start of a script that ends at once names its pages and its collector', async () => {
  const receiver = await startOtlpReceiver()
  apps.write('script.mjs', `import { trackUserAction } from '@quipu/sdk'; trackUserAction('script')`)
  const result = await apps.run('script.mjs', {
    args: register,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_PROMETHEUS_PORT: '0', QUIPU_MODELS: 'false' },
  })
  expect(result.code).toBe(0)
  expect(result.stderr).toMatch(/^quipu: pages \S+\/custom_metrics · otlp http:\/\/127\.0\.0\.1:\d+\n$/)
  await receiver.close()
})

test.each([
  ['as it loads', 'await run()'],
  ['when Quipu has started already', 'setTimeout(run, 1500)'],
])('an application that calls start() itself, %s, has its own options', async (_, call) => {
  apps.write(
    'starts.mjs',
    `
    import { metrics } from '@opentelemetry/api'
    import { start, trackUserAction } from '@quipu/sdk'
    trackUserAction('before')
    async function run() {
      const quipu = start({ serviceName: 'mine', prometheus: { port: 0 } })
      const { urls } = await quipu.ready
      metrics.getMeter('m').createCounter('orders.shipped').add(1)
      const custom = await (await fetch(urls.custom)).text()
      const standard = await (await fetch(urls.standard)).text()
      console.log(custom.includes('action_type="before"} 1'), standard.includes('orders_shipped_total 1'), /app_startup"[^}]*} 1\\n/.test(custom))
    }
    ${call}
    setTimeout(() => {}, 500)
  `,
  )
  const result = await apps.run('starts.mjs', { args: register, env: { OTEL_EXPORTER_PROMETHEUS_PORT: '0' } })
  expect(result).toMatchObject({ code: 0, stdout: 'true true true\n' })
  expect(result.stderr.match(/quipu: /g)).toHaveLength(1)
})

test('an application that registers its own MeterProvider as it loads keeps it', async () => {
  apps.write(
    'host.mjs',
    `
    import { metrics } from '@opentelemetry/api'
    import { MeterProvider } from '@opentelemetry/sdk-metrics'
    const mine = new MeterProvider()
    await new Promise((resolve) => setTimeout(resolve, 30))
    console.log(metrics.setGlobalMeterProvider(mine))
    setTimeout(() => console.log(metrics.getMeterProvider() === mine), 600)
  `,
  )
  const result = await apps.run('host.mjs', { args: register, env: { OTEL_EXPORTER_PROMETHEUS_PORT: '0' } })
  expect(result).toMatchObject({ code: 0, stdout: 'true\ntrue\n' })
})
