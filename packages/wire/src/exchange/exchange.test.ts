import { gzipSync } from 'node:zlib'
import { matchPath } from '@quipu/protocols'
import { createTestRecorder } from '@quipu/testing'
import { expect, test, vi } from 'vitest'
import { observedCall } from '../../fixtures/observed-call.js'
import { BackgroundResponses } from './background-responses.js'
import { Exchange } from './exchange.js'
import { HeldCalls } from './held-calls.js'
import { KnownReports } from './known-reports.js'

const model = 'gpt-4'
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const answer = {
  model,
  choices: [{ message: { content: 'Hello' } }],
  usage: { prompt_tokens: 3, completion_tokens: 1 },
}

/** The protocol of the requests here. */
function matchedPath() {
  const matched = matchPath('/v1/chat/completions')
  if (matched === undefined) throw new Error('the path is not recognised')
  return matched
}

function createCaller(maxRetries?: number) {
  const recorder = createTestRecorder()
  const held = new HeldCalls(recorder)
  /** One attempt of a request that gets a status; `attempt` is the header of a client that counts its attempts. */
  function send(status: number, { attempt, agent, operation, ...sent }: Sent = {}): void {
    const { prompt = 'Hi', headers = {}, body = answer, sends, source, origin = 'https://api.openai.com' } = sent
    const request = { matched: matchedPath(), origin, path: '/v1/chat/completions', ...(source && { source }) }
    const sentHeaders: Headers = { 'x-stainless-retry-count': attempt, 'user-agent': agent, ...sends }
    const context = {
      recorder,
      held,
      endpoint: undefined,
      maxRetries,
      operation,
      background: new BackgroundResponses(),
      reports: new KnownReports(),
    }
    const exchange = new Exchange({ ...request, header: (name) => sentHeaders[name] }, context)
    exchange.requestBytes(sent.requestBytes ?? bytesOf({ model, messages: [{ role: 'user', content: prompt }] }))
    exchange.requestEnd()
    recorder.clock.advanceMs(100)
    const all: { readonly [name: string]: string } = { 'content-type': 'application/json', ...headers }
    exchange.responseStart(status, (name) => all[name])
    exchange.responseBytes(bytesOf(body).subarray(0, sent.cutAt))
    if (sent.isBroken) exchange.fail(Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }))
    else exchange.responseEnd()
  }
  const count = () => recorder.value('llm_requests_total', { model, endpoint: 'chat' })
  return { recorder, held, send, count }
}

type Headers = { readonly [name: string]: string | undefined }

/** A stream of which the client reads a part. */
function leaveStream(text: string): ReturnType<typeof createCaller>['recorder'] {
  const { recorder, held } = createCaller()
  const request = { matched: matchedPath(), origin: 'https://api.openai.com', path: '/v1/chat/completions' }
  const stores = { held, background: new BackgroundResponses(), reports: new KnownReports() }
  const context = { recorder, ...stores, endpoint: undefined, maxRetries: undefined }
  const exchange = new Exchange({ ...request, header: () => undefined }, context)
  exchange.requestBytes(bytesOf({ model, messages: [], stream: true }))
  exchange.requestEnd()
  exchange.responseStart(200, (name) => (name === 'content-type' ? 'text/event-stream' : undefined))
  exchange.responseBytes(new TextEncoder().encode(text))
  exchange.fail(new DOMException('left', 'AbortError'))
  return recorder
}

interface Sent {
  readonly attempt?: string
  readonly sends?: Headers
  readonly agent?: string
  readonly operation?: object
  readonly prompt?: string
  readonly origin?: string
  readonly source?: string
  /** Instead of a request with the model and the prompt. */
  readonly requestBytes?: Uint8Array
  readonly headers?: { readonly [name: string]: string }
  readonly body?: object
  /** The response ends after this number of bytes. */
  readonly cutAt?: number
  /** The connection fails instead of ending. */
  readonly isBroken?: boolean
}

const limited = { error: { type: 'requests', code: 'rate_limit_exceeded' } }

test('a request that repeats a failed one is the same call, for any client', () => {
  const { recorder, send, count } = createCaller()
  send(429, { body: limited })
  expect(count()).toBe(0)
  recorder.clock.advanceMs(500)
  send(200)
  expect(count()).toBe(1)
  expect(recorder.value('llm_retries_total', { model, reason: 'rate_limit' })).toBe(1)
  expect(recorder.value('llm_rate_limits_total', { model })).toBe(0)
  expect(recorder.value('llm_request_duration_seconds', { model, endpoint: 'chat' })).toMatchObject({ sum: 0.7 })
})

test('a failed call whose timer the platform lost is counted at the next reading', () => {
  vi.useFakeTimers()
  try {
    const { recorder, send, count } = createCaller()
    send(429, { body: limited })
    recorder.clock.advanceMs(9_000)
    expect(count()).toBe(0)
    recorder.clock.advanceMs(1_100)
    expect(count()).toBe(1)
    expect(recorder.value('llm_request_duration_seconds', { model, endpoint: 'chat' })).toMatchObject({ sum: 0.1 })
  } finally {
    vi.useRealTimers()
  }
})

test('an equal request long after a failed one is another call, although no timer ran between them', () => {
  const { recorder, send, count } = createCaller()
  send(429, { body: limited })
  recorder.clock.advanceMs(3_600_000)
  send(200)
  expect(count()).toBe(2)
  expect(recorder.value('llm_retries_total', { model, reason: 'rate_limit' })).toBe(0)
})

test('an equal request that another source observes is another call, because no client changes how it sends', () => {
  const { send, count, held } = createCaller()
  send(429, { source: 'undici', body: limited })
  send(200, { source: 'http' })
  expect(count()).toBe(1)
  held.failAll()
  expect(count()).toBe(2)
})

test('equal requests of two users are two calls if the client counts its attempts', () => {
  const { send, count, held } = createCaller()
  send(429, { attempt: '0', body: limited })
  send(200, { attempt: '0' })
  expect(count()).toBe(1)
  held.failAll()
  expect(count()).toBe(2)
})

test('an equal request within an operation of a marked client is a retry, for any count of the client', () => {
  const { recorder, send, count } = createCaller()
  const operation = {}
  send(429, { attempt: '0', body: limited, operation })
  send(200, { attempt: '0', operation })
  expect(count()).toBe(1)
  expect(recorder.value('llm_retries_total', { model, reason: 'rate_limit' })).toBe(1)
})

test.each([
  { agent: 'langchainjs-openai/1.0.0 (node)' },
  { sends: { 'anthropic-dangerous-direct-browser-access': 'true' } },
])('a client that repeats its calls itself, each counted as the first, has one call: %j', (client) => {
  const { recorder, send, count } = createCaller()
  send(500, { attempt: '0', ...client, body: {} })
  send(200, { attempt: '0', ...client })
  expect(count()).toBe(1)
  expect(recorder.value('llm_retries_total', { model, reason: 'server_error' })).toBe(1)
})

test('another request is another call', () => {
  const { recorder, send, count, held } = createCaller()
  send(500, { body: {} })
  send(200, { prompt: 'Something else' })
  held.failAll()
  expect(count()).toBe(2)
  expect(recorder.value('llm_errors_total', { model, error_type: 'server_error' })).toBe(1)
})

test('an attempt without a retry failed at the time of its response', () => {
  const { recorder, send, held } = createCaller()
  send(500, { body: {} })
  recorder.clock.advanceMs(9000)
  held.failAll()
  expect(recorder.value('llm_request_duration_seconds', { model, endpoint: 'chat' })).toMatchObject({ sum: 0.1 })
})

test('the last attempt of a client fails the call at once', () => {
  const { recorder, send, count } = createCaller(1)
  send(429, { attempt: '0', body: limited })
  expect(count()).toBe(0)
  send(429, { attempt: '1', body: limited })
  expect(count()).toBe(1)
  expect(recorder.value('llm_rate_limits_total', { model })).toBe(1)
})

test.each([
  ['a status that no client repeats', 400, {}],
  ['a server that says not to', 500, { 'x-should-retry': 'false' }],
])('%s fails the call at once', (_, status, headers) => {
  const { send, count } = createCaller()
  send(status, { headers, body: {} })
  expect(count()).toBe(1)
})

test('a response with an unknown content coding counts, without its tokens', () => {
  const { recorder, send, count } = createCaller()
  send(200, { headers: { 'content-type': 'text/event-stream', 'content-encoding': 'coding-of-tomorrow' } })
  expect(count()).toBe(1)
  expect(recorder.value('llm_errors_total', { model, error_type: 'invalid_response' })).toBe(0)
})

test('a compressed request to a server of your own counts, with the model of the response', () => {
  const { send, count } = createCaller()
  const sends = { 'content-encoding': 'gzip' }
  send(200, { origin: 'http://localhost:4000', sends, requestBytes: gzipSync(bytesOf({ model, messages: [] })) })
  expect(count()).toBe(1)
})

test('a request that names no model counts only if its server is a known provider', () => {
  const { recorder, send } = createCaller()
  send(200, { origin: 'http://localhost:4000', requestBytes: bytesOf({ messages: [] }) })
  expect(observedCall(recorder)).toBeUndefined()
  send(200, { requestBytes: bytesOf({ messages: [] }) })
  expect(observedCall(recorder)).toMatchObject({ outcome: 'complete' })
})

test('open calls are counted while they are open', () => {
  const { recorder, send } = createCaller()
  send(200)
  expect(recorder.value('llm_open_calls', { model })).toBe(0)
})

const firstChunk = 'data: {"choices":[{"delta":{"content":"No"}}]}\n\n'
test.each([
  ['an error in the stream', 'data: {"error":{"code":429}}\n\n', 'rate_limit'],
  ['a chunk that is not JSON', 'data: {"choices\n\n', 'invalid_response'],
])('a client that stops reading at %s has failed, not left', (_, text, errorType) => {
  const recorder = leaveStream(`${firstChunk}${text}`)
  expect(recorder.value('llm_stream_outcomes_total', { model, outcome: 'failed' })).toBe(1)
  expect(observedCall(recorder)?.errorType).toBe(errorType)
})

test('a client that stops reading has abandoned the call, for any error before the last event', () => {
  const recorder = leaveStream(firstChunk)
  expect(recorder.value('llm_stream_outcomes_total', { model, outcome: 'abandoned' })).toBe(1)
  const complete = leaveStream('data: ?\n\ndata: {"choices":[{"finish_reason":"stop"}]}\n\n')
  expect(complete.value('llm_stream_outcomes_total', { model, outcome: 'complete' })).toBe(1)
})

test.each([
  ['is cut', 'connection', { cutAt: 20, isBroken: true }],
  ['is not JSON', 'invalid_response', { cutAt: 20 }],
] as const)('a request whose answer %s is repeated by clients, and is one call', (_, reason, sent) => {
  const { recorder, send, count, held } = createCaller()
  send(200, sent)
  send(200)
  expect(count()).toBe(1)
  expect(recorder.value('llm_retries_total', { model, reason })).toBe(1)
  send(200, sent)
  held.failAll()
  expect(recorder.value('llm_errors_total', { model, error_type: reason })).toBe(1)
})

test('a cut stream has failed, because clients do not retry it', () => {
  const { send, count } = createCaller()
  send(200, { headers: { 'content-type': 'text/event-stream' }, isBroken: true })
  expect(count()).toBe(1)
})
