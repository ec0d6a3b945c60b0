import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createPackedProject,
  type Ended,
  hasCommand,
  type PackedProject,
  publishedEntries,
  type Running,
  startCommand,
} from './packed-project.js'
import { checkOutcome, type Program, toCommonJs, toModule } from './program.js'
import { programs } from './programs.js'
import { MARK } from './support.js'
import { codeOf } from './usage-blocks.js'

// The real form: the blocks as programs of a user, against the packed packages.

const strict = {
  target: 'ES2022',
  lib: ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.Iterable'],
  module: 'NodeNext',
  strict: true,
  skipLibCheck: true,
  types: ['node'],
  rootDir: '.',
}
const decorated = programs.filter(({ decorators }) => decorators)
const both = programs.filter(({ onlyEsm }) => onlyEsm === undefined)

let project: PackedProject
let compiled = ''
let compiledLegacy = ''

beforeAll(async () => {
  project = await createPackedProject()
  project.write('support.mts', readFileSync(new URL('support.ts', import.meta.url), 'utf8'))
  const port = (await isFree(9464)) ? undefined : '0'
  const own = (text: string): string => (port === undefined ? text : text.replaceAll('port: 9464', `port: ${port}`))
  for (const program of programs) project.write(`${program.name}.mts`, own(toModule(program, './support.mjs')))
  for (const program of both) project.write(`${program.name}.cts`, own(toCommonJs(program, './support.mjs')))
  compiled = await project.compile({ compilerOptions: { ...strict, outDir: 'out' }, include: ['*.mts', '*.cts'] })
  compiledLegacy = await project.compile({
    compilerOptions: { ...strict, outDir: 'legacy', experimentalDecorators: true },
    files: decorated.map(({ name }) => `${name}.mts`),
  })
}, 300_000)
afterAll(() => project?.remove(), 300_000)

test('the blocks type-check with strict settings, and the refused line of §9 is refused', () => {
  // An unused @ts-expect-error is an error too.
  expect(compiled).toBe('')
})

test('the compiler reports a wrong block', async () => {
  const own = programs.find(({ name }) => name === 'own-metrics')
  if (own === undefined) throw new Error('no own-metrics')
  const text = toModule(own, './support.mjs')
  project.write(
    'wrong-unneeded.mts',
    text.replace("{ channel: 'fax', country: 'PE' }", "{ channel: 'web', country: 'PE' }"),
  )
  project.write('wrong-refused.mts', text.replace('// @ts-expect-error', '//'))
  const said = await project.compile({
    compilerOptions: { ...strict, noEmit: true },
    files: ['wrong-unneeded.mts', 'wrong-refused.mts'],
  })
  expect(said).toContain('wrong-unneeded.mts')
  expect(said).toContain("Unused '@ts-expect-error' directive")
  expect(
    said
      .split('\n')
      .filter((line) => line.startsWith('wrong-refused.mts'))
      .join(),
  ).toContain('"fax"')
})

test('the decorators type-check as legacy decorators too', () => {
  expect(compiledLegacy).toBe('')
})

describe.concurrent('the blocks run', { timeout: 120_000 }, () => {
  test.each(programs.map((program) => [program.section, program.name, program] as const))(
    '§%i %s: import',
    async (_, name, program) =>
      check(program, await project.run(`${name}-esm`, [out(`out/${name}.mjs`)], program.environment)),
  )

  test.each(both.map((program) => [program.section, program.name, program] as const))(
    '§%i %s: require',
    async (_, name, program) =>
      check(program, await project.run(`${name}-cjs`, [out(`out/${name}.cjs`)], program.environment)),
  )

  test.each(decorated.map((program) => [program.section, program.name, program] as const))(
    '§%i %s: legacy decorators',
    async (_, name, program) =>
      check(program, await project.run(`${name}-legacy`, [out(`legacy/${name}.mjs`)], program.environment)),
  )

  test('every published entry can be imported and required, and both give the same names', async () => {
    const entries = JSON.stringify(publishedEntries().filter((entry) => !entry.endsWith('/register')))
    project.write(
      'entries.mjs',
      `import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const seen = {}
for (const entry of ${entries}) {
  const imported = Object.keys(await import(entry)).sort()
  const required = Object.keys(require(entry)).filter((name) => name !== '__esModule').sort()
  seen[entry] = [imported.filter((name) => name !== 'module.exports').join(), required.join()]
}
console.log(JSON.stringify(seen))`,
    )
    const { stdout, stderr } = await project.run('entries', [out('entries.mjs')])
    expect(stderr).toBe('')
    const seen: Record<string, readonly [string, string]> = JSON.parse(stdout)
    for (const [entry, [imported, required]] of Object.entries(seen)) {
      expect(imported, entry).toBe(required)
      expect(imported, entry).not.toBe('')
    }
  })
})

/** An existing application without Quipu. */
const application = `
const app = express()
app.get('/users/:id', async (request, response) => {
  const answer = await client.chat.completions.create({ model: 'gpt-4', messages: [{ role: 'user', content: 'Hello?' }] })
  response.json({ id: request.params.id, text: answer.choices[0].message.content })
})
const completion = { id: 'c', object: 'chat.completion', created: 1, model: 'gpt-4-0613', usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello' } }] }
app.post('/v1/chat/completions', (request, response) => void response.json(completion))
let client
const server = app.listen(0, '127.0.0.1', () => {
  const url = 'http://127.0.0.1:' + server.address().port
  client = new OpenAI({ apiKey: 'test', baseURL: url + '/v1' })
  console.error('app ' + url)
})
`

describe('§1: an existing application, unchanged', () => {
  const [install = '', run = '', curl = ''] = commandsOf(1)

  test.each([
    ['ESM', 'module', "import express from 'express'\nimport OpenAI from 'openai'\n"],
    ['CommonJS', 'commonjs', "const express = require('express')\nconst OpenAI = require('openai')\n"],
  ])('%s', async (_, type, imports) => {
    // The first command created this folder, with a tarball in place of the name.
    expect(install).toBe('npm install @quipu/sdk')
    const folder = `runs/unchanged-${type}`
    mkdirSync(out(folder), { recursive: true })
    project.write(`${folder}/package.json`, JSON.stringify({ type }))
    project.write(`${folder}/app.js`, imports + application)
    const app = startCommand(run, out(folder), { HOME: out(folder) })
    try {
      const find = (pattern: RegExp) => app.waitFor((stderr) => pattern.exec(stderr)?.[1])
      const url = await find(/^app (http:.*)$/m)
      const said = await find(/^quipu: (.*)$/m)
      const pattern =
        /^http express 5\.\d+\.\d+ · models seen on the wire · pages (http:\/\/127\.0\.0\.1:(\d+)\/custom_metrics)$/
      expect(said).toMatch(pattern)
      const [, pages = '', port = ''] = pattern.exec(said) ?? []
      expect(await (await fetch(`${url}/users/42`)).json()).toEqual({ id: '42', text: 'Hello' })
      const command = curl.replace('9464', port)
      const page = hasCommand('curl')
        ? execFileSync('sh', ['-c', `${command} --silent`], { encoding: 'utf8' })
        : await (await fetch(pages)).text()
      expect(page).toContain('app_requests_total{endpoint="/users/:id",method="GET",status_code="200"} 1\n')
      expect(page).toContain('llm_tokens_total{model="gpt-4",type="total"} 10\n')
      const standard = await (await fetch(pages.replace('custom_metrics', 'metrics'))).text()
      expect(standard).toContain('http_server_request_duration_seconds_count{')
    } finally {
      await app.end()
    }
  })
})

describe('§16: look at it', () => {
  const [studio = '', top = '', tail = '', doctor = ''] = commandsOf(16)
  let app: Running
  let origin: string
  beforeAll(async () => {
    mkdirSync(out('runs'), { recursive: true })
    project.write(
      'runs/looked-at.mjs',
      `import { start, trackUserAction } from '@quipu/sdk'
trackUserAction('export_report')
const { urls } = await start({ prometheus: { port: 0 } }).ready
console.error('pages ' + new URL(urls.custom).origin)
setInterval(() => {}, 1000)`,
    )
    project.write('runs/activity.log', '[METRIC] [ana] llm_call model=gpt-4\n[METRIC] [ben] llm_call model=gpt-5\n')
    app = startCommand('node looked-at.mjs', out('runs'))
    origin = await app.waitFor((stderr) => /^pages (.*)$/m.exec(stderr)?.[1])
  }, 60_000)
  afterAll(() => app?.end())

  /** Returns the output of a command up to a pattern. */
  const printed = async (command: string, pattern: RegExp): Promise<string> => {
    const running = startCommand(`${command.replace('http://localhost:9464', origin)} 1>&2`, out('runs'))
    try {
      return await running.waitFor((text) => pattern.exec(text)?.[0])
    } finally {
      await running.end()
    }
  }

  test('the studio is a page on loopback', async () => {
    expect(studio).toMatch(/^npx quipu studio /)
    const running = startCommand(`${studio.replace('http://localhost:9464', origin)} 1>&2`, out('runs'))
    try {
      const page = await running.waitFor((text) => /http:\/\/127\.0\.0\.1:\d+\/quipu/.exec(text)?.[0])
      expect(await (await fetch(page)).text()).toMatch(/<title>.*Quipu/)
    } finally {
      await running.end()
    }
  })

  test('top, tail and doctor print their figures', async () => {
    expect(await printed(top, /export_report/)).toBe('export_report')
    expect(await printed(tail, /.*gpt-\d/)).toContain('gpt-4')
    expect(await printed(doctor, /@opentelemetry\/api \S+/)).toContain('1.9')
  }, 60_000)
})

/** The commands of a section, without their comments. */
function commandsOf(section: number): readonly string[] {
  return codeOf(section, 'sh')
    .split('\n')
    .map((line) => line.replace(/ +#.*$/, ''))
}

function out(file: string): string {
  return join(project.folder, file)
}

function check(program: Program, ended: Ended): void {
  const line = ended.stdout.split('\n').find((each) => each.startsWith(MARK))
  if (line === undefined) throw new Error(`${program.name} showed nothing: ${ended.stdout}${ended.stderr}`)
  const observed: object = JSON.parse(line.slice(MARK.length))
  checkOutcome(program, { observed: { ...observed }, stdout: ended.stdout, stderr: ended.stderr })
  // §15's program ends with the error that the page shows.
  expect(ended.code, ended.stderr).toBe(program.section === 15 ? 1 : 0)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
