import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type ModelServer, type Served, startModelServer, withScript } from 'quipu-example-model-server'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

const folder = fileURLToPath(new URL('..', import.meta.url))
const build = fileURLToPath(new URL('../../../scripts/build.mjs', import.meta.url))
const register = ['--import', '@quipu/sdk/register']

const served: Served[] = []
let model: ModelServer
let running: ChildProcess | undefined

beforeAll(async () => {
  const built = spawnSync(process.execPath, [build, folder], { encoding: 'utf8' })
  expect(built.stdout + built.stderr).toBe('')
  model = await startModelServer({ onServed: (each) => served.push(each) })
}, 180_000)
afterEach(async () => {
  served.splice(0)
  if (running === undefined) return
  running.kill('SIGTERM')
  await once(running, 'exit')
  running = undefined
})
afterAll(() => model.close())

/** Starts one of the servers; resolves to the address of its chat. */
async function startServer(name: string, args: readonly string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: model.url,
    ANTHROPIC_API_KEY: 'none',
    ANTHROPIC_BASE_URL: model.url.replace(/\/v1$/, ''),
  }
  running = spawn(process.execPath, [...args, `${folder}dist/${name}.js`], { env, cwd: folder })
  let said = ''
  for await (const chunk of running.stdout ?? []) {
    said += String(chunk)
    if (said.includes('\n')) break
  }
  return said.trim()
}

async function ask(url: string, question: string): Promise<string> {
  return (await fetch(url, { method: 'POST', body: question })).text()
}

/** The samples of some metrics, added up over their labels. */
async function pageOf(url: string): Promise<(name: string, labels?: string) => number> {
  const page = await (await fetch(url.replace('/chat', '/custom_metrics'))).text()
  return (name, labels = '') => {
    const lines = page.split('\n').filter((line) => line.startsWith(`${name}{`) && line.includes(labels))
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }
}

/** The server rejects the first attempt of clients that number their attempts. */
const limited = withScript('And now?', { rateLimits: 1 })
const sum = (of: (each: Served) => number): number => served.reduce((total, each) => total + of(each), 0)

test.each([
  { name: 'openai', args: [], questions: ['Is it safe?', limited] },
  { name: 'anthropic', args: [], questions: ['Is it safe?', limited] },
  { name: 'ai-sdk', args: [], questions: ['Is it safe?', 'And now?'] },
  { name: 'langgraph', args: register, questions: ['Is it safe?', 'And now?'] },
])(
  '$name: the page counts what the model server served',
  async ({ name, args, questions }) => {
    const url = await startServer(name, args)
    for (const question of questions) expect(await ask(url, question)).toBe('No threats found – señal 🦙 clear.')
    const value = await pageOf(url)
    const complete = served.filter(({ outcome }) => outcome === 'complete')
    expect(complete).toHaveLength(questions.length)
    expect(value('llm_requests_total')).toBe(complete.length)
    expect(value('llm_retries_total')).toBe(served.length - complete.length)
    expect(value('llm_tokens_total', 'type="input"')).toBe(sum(({ inputTokens }) => inputTokens))
    expect(value('llm_tokens_total', 'type="output"')).toBe(sum(({ outputTokens }) => outputTokens))
  },
  60_000,
)

test('langgraph: a tool of the MCP server is one tool call, between two model calls', async () => {
  const url = await startServer('langgraph', register)
  const toolCalls = [{ name: 'calculator', arguments: '{"numbers":[1,2]}' }]
  expect(await ask(url, withScript('Add.', { toolCalls }))).toBe('No threats found – señal 🦙 clear.')
  const value = await pageOf(url)
  expect(served).toHaveLength(2)
  expect(value('llm_requests_total')).toBe(2)
  expect(value('aki_tool_usage_total', 'tool_name="calculator"')).toBe(sum((each) => each.toolCalls))
}, 60_000)
