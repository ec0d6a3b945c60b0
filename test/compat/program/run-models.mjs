import { createServer } from 'node:http'
import process from 'node:process'
import Anthropic from '@anthropic-ai/sdk'
import { createRecorder } from '@quipu/core'
import { instrumentFetch, observeModelCalls } from '@quipu/llm'
import { instrument } from '@quipu/llm/openai'
import { createChecks, equal, ok } from './checks.mjs'

// Bun, Deno and Node: real clients call a loopback server. Clients receive what the server sent, and counts equal the
// server's.
const { check, result } = createChecks()
const stray = []
process.on('unhandledRejection', (error) => stray.push(error))

const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
const text = 'Señal 🦙 clear.'
let requests = 0
let failures = 0

/** The server's responses by the last part of the path: a document, or the events of a stream. */
const answers = {
  completions: ({ model, stream }) =>
    stream
      ? [
          { model, choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] },
          { model, choices: [{ index: 0, delta: { content: text } }] },
          { model, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage },
          '[DONE]',
        ]
      : { model, choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: text } }], usage },
  messages: ({ model }) => ({
    id: 'm',
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text }],
    usage: { input_tokens: 7, output_tokens: 3 },
  }),
  chat: ({ model }) => ({
    model,
    message: { role: 'assistant', content: text },
    done: true,
    prompt_eval_count: 7,
    eval_count: 3,
  }),
}

const server = createServer((request, response) => {
  const pieces = []
  request.on('data', (piece) => pieces.push(piece))
  request.on('end', () => {
    requests++
    if (failures-- > 0) {
      response.writeHead(503, { 'content-type': 'application/json', 'retry-after-ms': '1' }).end('{}')
      return
    }
    const asked = JSON.parse(Buffer.concat(pieces).toString())
    const answer = answers[request.url.split('/').at(-1)](asked)
    if (!Array.isArray(answer)) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    // A stream whose reader stops has no end of its own.
    const isEndless = asked.max_tokens === 1
    for (const event of isEndless ? answer.slice(0, 2) : answer) {
      response.write(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
    }
    if (!isEndless) response.end()
  })
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${server.address().port}`

/** The sum of a metric's series. */
function sum(recorder, name, labels = {}) {
  const reading = recorder.readings().find((each) => each.name === name)
  const cells = reading?.cells() ?? []
  const isSelected = (cell) =>
    Object.entries(labels).every(([label, value]) => cell.values[reading.labelNames.indexOf(label)] === value)
  return cells.filter(isSelected).reduce((total, cell) => total + cell.data[cell.at], 0)
}

const model = 'gpt-4'
const messages = [{ role: 'user', content: 'planted-prompt' }]
const recorder = createRecorder()
const stop = observeModelCalls({ recorder })
const { default: OpenAI } = await import('openai')
const openai = new OpenAI({ apiKey: 'planted-key', baseURL: `${url}/v1` })

/** Runs one call, which must return the text and be counted once with its tokens, for any number of requests. */
async function isCounted(name, call, { by = recorder, attempts = 1 } = {}) {
  await check(name, async () => {
    const before = { calls: sum(by, 'llm_requests_total'), tokens: sum(by, 'llm_tokens_total', { type: 'total' }) }
    requests = 0
    failures = attempts - 1
    equal(await call(), text, 'the text')
    by.recordPending()
    equal(requests, attempts, 'the number of requests')
    equal(sum(by, 'llm_requests_total') - before.calls, 1, 'the number of calls')
    equal(sum(by, 'llm_tokens_total', { type: 'total' }) - before.tokens, 10, 'the tokens')
  })
}

async function textOf(stream) {
  let all = ''
  for await (const chunk of stream) all += chunk.choices[0]?.delta.content ?? ''
  return all
}

const complete = async (client) =>
  (await client.chat.completions.create({ model, messages })).choices[0].message.content

await isCounted('openai, an answer', () => complete(openai))
await isCounted('openai, a stream', async () =>
  textOf(await openai.chat.completions.create({ model, messages, stream: true })),
)
await isCounted('openai, repeated', () => complete(openai), { attempts: 3 })
await isCounted('openai, its raw response', async () => {
  const response = await openai.chat.completions.create({ model, messages }).asResponse()
  ok(response instanceof Response && response.url === `${url}/v1/chat/completions`, 'it is a response of that address')
  return (await response.json()).choices[0].message.content
})
await isCounted('anthropic, an answer', async () => {
  const anthropic = new Anthropic({ apiKey: 'planted-key', baseURL: url })
  return (await anthropic.messages.create({ model, max_tokens: 9, messages })).content[0].text
})
await isCounted('ollama, an answer', async () => {
  const { Ollama } = await import('ollama')
  return (await new Ollama({ host: url }).chat({ model, messages })).message.content
})
await isCounted('the AI SDK, an answer', async () => {
  const [{ generateText }, { createOpenAI }] = await Promise.all([import('ai'), import('@ai-sdk/openai')])
  const provider = createOpenAI({ apiKey: 'planted-key', baseURL: `${url}/v1` })
  return (await generateText({ model: provider.chat(model), prompt: 'planted-prompt' })).text
})

const body = JSON.stringify({ model, messages })
const post = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
const contentOf = async (response) => (await response.json()).choices[0].message.content
await isCounted('fetch with an address and a body', async () =>
  contentOf(await fetch(`${url}/v1/chat/completions`, post)),
)
await isCounted('fetch with a request', async () =>
  contentOf(await fetch(new Request(`${url}/v1/chat/completions`, { method: 'POST', body }))),
)

await check('a stream that is left is abandoned', async () => {
  const stream = await openai.chat.completions.create({ model, messages, stream: true, max_tokens: 1 })
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
  for (let i = 0; i < 100 && sum(recorder, 'llm_stream_outcomes_total', { outcome: 'abandoned' }) === 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  equal(sum(recorder, 'llm_stream_outcomes_total', { outcome: 'abandoned' }), 1)
})

await check('what is not a model call is not counted', async () => {
  const before = sum(recorder, 'llm_requests_total')
  equal((await (await fetch(`${url}/other/chat`, { method: 'POST', body: '{}' })).json()).done, true)
  equal(sum(recorder, 'llm_requests_total') - before, 0)
})

// Node has channels for HTTP/2 since 22.17; earlier versions and other runtimes need an instrumented client.
if (process.versions.undici !== undefined) {
  const { BedrockRuntimeClient, ConverseCommand } = await import('@aws-sdk/client-bedrock-runtime')
  const http2 = await import('node:http2')
  const secure = http2.createServer((request, response) => {
    request.resume().on('end', () => {
      requests++
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          output: { message: { role: 'assistant', content: [{ text }] } },
          stopReason: 'end_turn',
          usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 },
        }),
      )
    })
  })
  await new Promise((resolve) => secure.listen(0, '127.0.0.1', resolve))
  const [major, minor] = process.versions.node.split('.').map(Number)
  const isSeen = major > 24 || (major === 24 && minor >= 2) || (major === 22 && minor >= 17)
  const client = () =>
    new BedrockRuntimeClient({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${secure.address().port}`,
      credentials: { accessKeyId: 'planted-id', secretAccessKey: 'planted-key' },
    })
  const input = { modelId: model, messages: [{ role: 'user', content: [{ text: 'planted-prompt' }] }] }
  const converse = async (bedrock) => (await bedrock.send(new ConverseCommand(input))).output.message.content[0].text
  if (isSeen) await isCounted('bedrock over HTTP/2, on the wire', () => converse(client()))
  const { instrument: instrumentBedrock } = await import('@quipu/llm/bedrock')
  await isCounted('bedrock over HTTP/2, instrumented', () => converse(instrumentBedrock(client())))
  secure.close()
}

const own = createRecorder()
const marked = instrument(new OpenAI({ apiKey: 'planted-key', baseURL: `${url}/v1` }), {
  recorder: own,
  endpoint: 'mine',
})
await isCounted('a client of its own recorder', () => complete(marked), { by: own })
const given = new OpenAI({
  apiKey: 'planted-key',
  baseURL: `${url}/v1`,
  fetch: instrumentFetch((...args) => fetch(...args), { recorder: own }),
})
await isCounted('an instrumented fetch', () => complete(given), { by: own })
await check('a marked call is counted by its own recorder only', () => {
  equal(sum(own, 'llm_requests_total', { endpoint: 'mine' }), 1)
})

stop()
await check('after the end nothing is counted', async () => {
  const before = sum(recorder, 'llm_requests_total')
  equal(await contentOf(await fetch(`${url}/v1/chat/completions`, post)), text)
  equal(sum(recorder, 'llm_requests_total') - before, 0)
})

await check('nothing that was asked or answered is recorded', () => {
  const recorded = JSON.stringify(
    [recorder, own].flatMap((each) => each.readings().flatMap((reading) => reading.cells().map((cell) => cell.values))),
  )
  equal(/planted|Señal/.exec(recorded)?.[0] ?? null, null)
})
await check('nothing was rejected behind our back', () => {
  if (stray.length > 0) throw stray[0]
})

server.close()
server.closeAllConnections?.()
const { passed, failures: failed } = result()
process.stdout.write(`${failed.join('\n')}\n${passed} checks passed, ${failed.length} failed\n`)
process.exit(failed.length === 0 ? 0 : 1)
