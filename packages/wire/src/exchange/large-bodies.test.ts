import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTestRecorder } from '@quipu/testing'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { observeModelCalls } from '../sources/observe-model-calls.js'
import { Exchange } from './exchange.js'
import { SLICE_BYTES } from './reading-pace.js'

const model = 'gpt-4'
const EMBEDDINGS = 50_000_000
const IMAGE = 20_000_000

let url = ''
const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => answer(request, response))
})

function answer({ url: path }: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  if (path?.endsWith('/embeddings') !== true) {
    response.end(JSON.stringify({ model, choices: [{ message: { content: 'A cat' } }], usage: { prompt_tokens: 9 } }))
    return
  }
  const numbers = `${'0.12345678,'.repeat(1535)}0.5`
  const embedding = `{"object":"embedding","index":0,"embedding":[${numbers}]}`
  const count = Math.ceil(EMBEDDINGS / embedding.length)
  response.write(`{"object":"list","model":"${model}","data":[${embedding}`)
  for (let i = 1; i < count; i++) response.write(`,${embedding}`)
  response.end(`],"usage":{"prompt_tokens":4000,"total_tokens":4000}}`)
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
})
afterAll(() => void server.close())
afterEach(() => void vi.restoreAllMocks())

/** Time that a slice takes, on a clock that stands still otherwise. */
const SLICE_MS = 0.2
/** A turn reads slices until half a millisecond is over, and small chunks at any time. */
const MOST_IN_A_TURN = 3 * SLICE_BYTES + 4096

/**
 * Bytes that the exchanges read: the total, the maximum per slice, and the maximum between two turns of the event loop,
 * if each slice takes a time that makes a body of this size wait.
 */
function watchReading() {
  let nowMs = 0
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
  const seen = { total: 0, slice: 0, turn: 0 }
  let inTurn = 0
  for (const name of ['requestBytes', 'responseBytes'] as const) {
    const read = Exchange.prototype[name]
    vi.spyOn(Exchange.prototype, name).mockImplementation(function (this: Exchange, bytes) {
      inTurn += bytes.length
      seen.total += bytes.length
      seen.slice = Math.max(seen.slice, bytes.length)
      seen.turn = Math.max(seen.turn, inTurn)
      nowMs += SLICE_MS
      read.call(this, bytes)
    })
  }
  let isOn = true
  const turn = (): void => {
    inTurn = 0
    if (isOn) setImmediate(turn)
  }
  turn()
  const stop = (): void => {
    isOn = false
  }
  return { seen, stop }
}

async function observed(call: () => Promise<unknown>) {
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder })
  const reading = watchReading()
  try {
    const result = await call()
    const count = () =>
      recorder
        .readings()
        .find(({ name }) => name === 'llm_requests_total')
        ?.cells().length
    await vi.waitFor(() => expect(count()).toBe(1))
    return { recorder, result, ...reading.seen }
  } finally {
    reading.stop()
    stop()
  }
}

test('a response of 50 MB is read in slices, and the client gets it completely', async () => {
  const client = new OpenAI({ baseURL: url, apiKey: 'none' })
  const seen = await observed(() => client.embeddings.create({ model, input: ['a'], encoding_format: 'float' }))
  expect(Object(seen.result).data.length).toBeGreaterThan(1000)
  expect(seen.total).toBeGreaterThan(EMBEDDINGS)
  expect(seen.slice).toBeLessThanOrEqual(SLICE_BYTES)
  expect(seen.recorder.value('llm_tokens_total', { model, type: 'input' })).toBe(4000)
})

test('a request of 20 MB with an image is read in slices', async () => {
  const client = new OpenAI({ baseURL: url, apiKey: 'none' })
  const image = `data:image/png;base64,${'A'.repeat(IMAGE)}`
  const content = [{ type: 'image_url' as const, image_url: { url: image } }]
  const seen = await observed(() => client.chat.completions.create({ model, messages: [{ role: 'user', content }] }))
  expect(seen.total).toBeGreaterThan(IMAGE)
  expect(seen.slice).toBeLessThanOrEqual(SLICE_BYTES)
  expect(seen.turn).toBeLessThanOrEqual(MOST_IN_A_TURN)
  expect(seen.recorder.value('llm_tokens_total', { model, type: 'input' })).toBe(9)
  expect(seen.recorder.value('llm_requests_total', { model, endpoint: 'chat' })).toBe(1)
})

test.each([
  ['bytes', Buffer.from],
  ['a string with characters of several bytes', (text: string) => text],
])('a request that node:http writes at once as %s is read in slices', async (_, encode) => {
  const content = '🦙é'.repeat(IMAGE / 30)
  const body = JSON.stringify({ messages: [{ role: 'user', content }], model })
  const seen = await observed(
    () =>
      new Promise((resolve, reject) => {
        const sent = request(`${url}/chat/completions`, { method: 'POST' }, (response) => {
          response.on('end', resolve).resume()
        })
        sent.on('error', reject)
        sent.end(encode(body))
      }),
  )
  expect(seen.slice).toBeLessThanOrEqual(SLICE_BYTES)
  // Node 20 publishes a request after its body was written.
  if (Number(process.versions.node.split('.')[0]) >= 22) expect(seen.total).toBeGreaterThan(Buffer.byteLength(body))
  expect(seen.recorder.value('llm_requests_total', { model, endpoint: 'chat' })).toBe(1)
})
