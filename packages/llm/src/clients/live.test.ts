import { connect } from 'node:net'
import { GoogleGenAI } from '@google/genai'
import { createTestRecorder } from '@quipu/testing'
import OpenAI from 'openai'
import { OpenAIRealtimeWS } from 'openai/realtime/ws'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { counted } from '../../../wire/fixtures/counted.js'
import * as google from './google.js'
import * as realtime from './openai-realtime.js'

let recorder: ReturnType<typeof createTestRecorder>
let server: WebSocketServer
let port: number
let closing: (() => unknown)[]

beforeEach(async () => {
  recorder = createTestRecorder()
  closing = []
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  port = (server.address() as { readonly port: number }).port
})
afterEach(async () => {
  for (const close of closing) close()
  for (const socket of server.clients) socket.terminate()
  await new Promise((resolve) => server.close(resolve))
  const shown = JSON.stringify(recorder.readings().map((reading) => reading.cells()))
  expect(shown + recorder.lines.join('')).not.toContain('planted')
})

/** Plays messages to each client that connects, after its first message. */
function plays(messages: readonly object[], then: (socket: WebSocket) => void = () => undefined): void {
  server.on('connection', (socket) => {
    socket.once('message', () => {
      for (const message of messages) socket.send(JSON.stringify(message))
      then(socket)
    })
  })
}

const tokensOf = (model: string) => ({
  input: recorder.value('llm_tokens_total', { model, type: 'input' }),
  output: recorder.value('llm_tokens_total', { model, type: 'output' }),
})

describe('OpenAI Realtime', () => {
  const model = 'gpt-realtime'
  const response = (status: string, more = {}) => ({ response: { id: 'r-1', status, ...more } })
  const usage = {
    total_tokens: 60,
    input_tokens: 40,
    output_tokens: 20,
    input_token_details: { text_tokens: 10, audio_tokens: 30, cached_tokens: 5 },
    output_token_details: { text_tokens: 5, audio_tokens: 15 },
  }
  const begun = [
    { type: 'session.created', session: { model } },
    { type: 'response.created', ...response('in_progress') },
    { type: 'response.output_audio.delta', response_id: 'r-1', delta: 'planted-audio' },
    { type: 'response.output_audio_transcript.delta', response_id: 'r-1', delta: 'Señal' },
  ]

  /** A connection of the published client, which uses TLS except in this test. */
  function open(): { readonly connection: OpenAIRealtimeWS; readonly events: string[] } {
    const client = new OpenAI({ apiKey: 'planted-key', baseURL: `http://127.0.0.1:${port}/v1` })
    const connection = new OpenAIRealtimeWS(
      { model, options: { createConnection: () => connect(port, '127.0.0.1') } },
      client,
    )
    expect(realtime.instrument(connection, { recorder, endpoint: 'voice' })).toBe(connection)
    const events: string[] = []
    connection.on('event', ({ type }) => events.push(type))
    connection.on('error', () => undefined)
    connection.socket.on('open', () => connection.send({ type: 'response.create' }))
    closing.push(() => connection.close())
    return { connection, events }
  }

  test('a response is a call: its tokens with details, the bytes of its transcript, its tool calls', async () => {
    const output = [{ type: 'message' }, { type: 'function_call', name: 'planted' }]
    plays([...begun, { type: 'response.done', ...response('completed', { usage, output }) }])
    const { events } = open()
    await expect.poll(() => counted(recorder, 'llm_requests_total')).toEqual({ [`${model} voice`]: 1 })
    expect(events).toContain('response.done')
    expect(tokensOf(model)).toEqual({ input: 40, output: 20 })
    expect(recorder.value('llm_token_details_total', { model, kind: 'audio_output' })).toBe(15)
    expect(recorder.value('llm_completion_size_bytes', { model })).toMatchObject({ sum: 6 })
    expect(recorder.lines[0]).toContain('tool_count=1')
  })

  test.each([
    ['failed', { status_details: { error: { type: 'server_error' } } }, 'server_error'],
    ['cancelled', {}, 'cancelled'],
  ])('an answer that is %s', async (status, more, errorType) => {
    plays([...begun, { type: 'response.done', ...response(status, more) }])
    open()
    const durations = () => counted(recorder, 'gen_ai.client.operation.duration', ['error.type'])
    await expect.poll(durations).toEqual({ [errorType]: 1 })
  })

  test('a response whose connection closes is abandoned', async () => {
    plays(begun, (socket) => socket.close())
    open()
    await expect.poll(() => counted(recorder, 'llm_stream_outcomes_total', ['outcome'])).toEqual({ abandoned: 1 })
  })
})

describe('Gemini Live', () => {
  const model = 'gemini-live'
  const turn = [
    { setupComplete: {} },
    { serverContent: { modelTurn: { parts: [{ text: 'Señal' }] } } },
    { toolCall: { functionCalls: [{ name: 'planted', args: {} }] } },
  ]
  const end = {
    serverContent: { turnComplete: true },
    usageMetadata: { promptTokenCount: 12, responseTokenCount: 8, totalTokenCount: 20 },
  }

  async function open(): Promise<object[]> {
    const client = new GoogleGenAI({ apiKey: 'planted-key', httpOptions: { baseUrl: `http://127.0.0.1:${port}` } })
    const messages: object[] = []
    const callbacks = { onmessage: (message: object) => void messages.push(message) }
    const session = await google.instrument(client, { recorder, endpoint: 'voice' }).live.connect({ model, callbacks })
    closing.push(() => session.close())
    return messages
  }

  test('a turn of the model is a call, and the application gets every message', async () => {
    plays([...turn, end])
    const messages = await open()
    await expect.poll(() => counted(recorder, 'llm_requests_total')).toEqual({ [`${model} voice`]: 1 })
    expect(messages).toHaveLength(4)
    expect(tokensOf(model)).toEqual({ input: 12, output: 8 })
    expect(recorder.value('llm_completion_size_bytes', { model })).toMatchObject({ sum: 6 })
  })

  test('a turn that the user interrupts is abandoned', async () => {
    plays([...turn, { serverContent: { interrupted: true } }, { serverContent: { turnComplete: true } }])
    await open()
    await expect.poll(() => counted(recorder, 'llm_stream_outcomes_total', ['outcome'])).toEqual({ abandoned: 1 })
  })
})
