import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FaultServer, startFaultServer } from '../../../otlp/fixtures/fault-server.js'
import { type AppFolder, createAppFolder } from '../../fixtures/run-node.js'

/** Values that must not be on disk or on the console, by their place in the application. */
const secrets = {
  prompt: 'please-summarise-the-merger',
  completion: 'the-merger-closes-on-friday',
  toolArgument: 'payroll-of-march-in-full',
  toolResult: 'seventy-thousand-a-year',
  fileName: 'quarterly-figures.xlsx',
  folder: 'board-only-papers',
  errorMessage: 'password-hunter2-was-refused',
  cause: 'row-of-jane-roe-violates',
  undeclaredLabel: 'undeclared-label-value',
  undeclaredField: 'undeclared-field-value',
  user: 'jane.roe@example.com',
  session: 'session-that-is-jane-roes',
  pseudonymKey: 'a-key-of-more-than-16-characters',
  otlpToken: 'otlp-token-of-the-back-end',
  otlpHeader: 'otlp-api-key-of-the-tenant',
  environmentToken: 'page-token-of-the-environment',
  requestToken: 'bearer-of-a-visitor',
  requestPath: 'path-with-a-patients-name',
  query: 'query-with-a-patients-name',
  cookie: 'cookie-of-a-visitor',
} as const
/** Recorded on purpose, to prove that the search finds values. */
const canary = 'recorded-on-purpose'

const program = `
import { createServer, get } from 'node:http'
import { DiagLogLevel, diag } from '@opentelemetry/api'
import * as quipu from '@quipu/sdk'
const secrets = JSON.parse(process.env.SECRETS)
const say = (...words) => console.error(...words)
diag.setLogger({ error: say, warn: say, info: say, debug: say, verbose: say }, DiagLogLevel.ALL)
const running = quipu.start({
  processes: 'cluster',
  otlp: {
    url: process.env.URL,
    headers: { authorization: 'Bearer ' + secrets.otlpToken, 'x-api-key': secrets.otlpHeader },
    protocol: process.env.PROTOCOL,
    temporality: 'delta',
    timeoutMs: 300,
    spool: { directory: process.env.SPOOL },
  },
  activityLog: { enabled: true, otlp: true, users: 'hmac', key: secrets.pseudonymKey },
})
class RefusedError extends Error {
  status = 500
  body = secrets.errorMessage
}
const failure = new RefusedError(secrets.errorMessage, { cause: new Error(secrets.cause) })
const failing = () => { throw failure }
const swallow = (work) => { try { work() } catch {} }
const { metrics } = running.recorder
await quipu.withUser(secrets.user, async () => {
  await quipu.withLlmCall({ model: 'gpt-4', endpoint: 'chat', prompt: secrets.prompt, messages: [{ content: secrets.prompt }] }, async () => ({
    content: secrets.completion,
    choices: [{ message: { content: secrets.completion, tool_calls: [{ arguments: secrets.toolArgument }] } }],
    usage: { prompt_tokens: 3, completion_tokens: 4, note: secrets.prompt },
  }))
  swallow(() => quipu.withLlmCall({ model: 'gpt-4', endpoint: 'chat' }, failing))
  quipu.withToolCall('calculator', () => ({ given: secrets.toolArgument, result: secrets.toolResult }))
  swallow(() => quipu.withToolCall('file_reader', failing))
  swallow(() => quipu.withFeature('threat_analysis', failing))
  quipu.trackUserAction('${canary}')
  quipu.trackSessionStart(secrets.session)
  quipu.logMetric('file_upload', secrets.user, { filename: secrets.fileName, path: '/' + secrets.folder + '/' + secrets.fileName, undeclared: secrets.undeclaredField })
  quipu.logMetric('error', secrets.user, { error_type: 'timeout', message: secrets.errorMessage })
  metrics.user_action_total.add(1, { action_type: '${canary}', undeclared: secrets.undeclaredLabel })
  quipu.updateWorkspaceSize(secrets.user, 1_048_576)
})
const server = createServer((request, response) => response.end('answered')).listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
await new Promise((resolve) => get({
  port: server.address().port, host: '127.0.0.1',
  path: '/' + secrets.requestPath + '?name=' + secrets.query,
  headers: { authorization: 'Bearer ' + secrets.requestToken, cookie: 'id=' + secrets.cookie, 'user-agent': secrets.requestToken },
}, (response) => response.resume().on('end', resolve)))
await running.flush()
quipu.trackUserAction('${canary}')
console.log('waiting')
if (process.env.ENDING === 'exit') setTimeout(() => process.exit(0), 200)
else setInterval(() => {}, 1000)
`

let apps: AppFolder
let server: FaultServer
let kept: readonly string[] = []
beforeAll(async () => {
  apps = await createAppFolder()
  apps.write('app.mjs', program)
}, 120_000)
afterAll(() => apps?.remove())
beforeEach(async () => {
  server = await startFaultServer()
})
afterEach(async () => {
  await server.close()
  for (const folder of kept) rmSync(folder, { recursive: true, force: true })
})

/** All files below some folders, by path. */
function everyByteOf(folders: readonly string[]): ReadonlyMap<string, Buffer> {
  const paths = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))),
  )
  return new Map(paths.filter((path) => statSync(path).isFile()).map((path) => [path, readFileSync(path)]))
}

/** Encodings of a text: plain, base64 at each offset, hexadecimal, percent-encoded. */
function formsOf(text: string): readonly string[] {
  const inBase64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64')
    // Without the characters that contain bits of adjacent bytes.
    return encoded
      .slice(shift === 0 ? 0 : shift + 1)
      .replace(/.?=*$/, '')
      .slice(0, -1)
  })
  return [text, ...inBase64, Buffer.from(text).toString('hex'), encodeURIComponent(text)]
}

test.each([
  ['http/protobuf', 'exit', '503'],
  ['http/json', 'exit', '400'],
  ['http/protobuf', 'SIGKILL', 'refuse'],
  ['http/json', 'SIGKILL', 'hang'],
] as const)(
  'no secret is in the spool, in the group’s folder or on the console (%s, %s, a back end that responds %s)',
  { timeout: 30_000 },
  async (protocol, ending, fault) => {
    await server.become(fault)
    const spool = join(apps.path, 'spool')
    const group = join(apps.path, 'group')
    kept = [spool, group]
    const found = new Map<string, Buffer>()
    const look = (): void => {
      for (const [path, content] of everyByteOf([spool, group])) found.set(path, content)
    }
    const { stdout, stderr } = await apps.run('app.mjs', {
      env: {
        SECRETS: JSON.stringify(secrets),
        SPOOL: spool,
        QUIPU_PROCESS_DIR: group,
        URL: server.url,
        PROTOCOL: protocol,
        ENDING: ending,
        QUIPU_PROMETHEUS_TOKEN: secrets.environmentToken,
      },
      onOutput: (output, child) => {
        if (!output.stdout.includes('waiting\n')) return
        // Before its end, because the group's folder is removed with its last process.
        look()
        if (ending === 'SIGKILL') child.kill(ending)
      },
    })
    for (const [path, content] of everyByteOf([spool])) found.set(path, content)

    const names = [...found.keys()]
    expect(names.filter((name) => name.endsWith('.series')).length).toBeGreaterThan(0)
    expect(names.filter((name) => name.includes('leader-')).length).toBeGreaterThan(0)
    // A rejected batch is deleted from the spool, which then holds the points recorded after it.
    const hasSpool = names.some((name) => name.startsWith(spool) && /\.(?:pb|json)$/.test(name))
    expect(hasSpool).toBe(!(fault === '400' && ending !== 'exit'))
    const everything = [
      ...[...found].flatMap(([path, content]) => [path, content.toString('latin1')]),
      stdout,
      stderr,
    ].join('\n')
    expect(everything.split(canary).length).toBeGreaterThan(2)
    expect(stdout).toContain('[METRIC]')
    const leaked = Object.entries(secrets).filter(([, secret]) =>
      formsOf(secret).some((form) => everything.includes(form)),
    )
    expect(leaked).toEqual([])
  },
)

test('a secret is found in each of its encodings', () => {
  const secret = secrets.otlpToken
  for (let before = 0; before < 4; before++) {
    const text = Buffer.from(`${'x'.repeat(before)}${secret}yz`)
    expect(formsOf(secret).some((form) => text.toString('base64').includes(form))).toBe(true)
    expect(formsOf(secret).some((form) => text.toString('hex').includes(form))).toBe(true)
  }
})
