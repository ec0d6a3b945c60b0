import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { GoogleGenAI } from '@google/genai'
import { ChatOpenAI } from '@langchain/openai'
import { Mistral } from '@mistralai/mistralai'
import { createTestRecorder } from '@quipu/testing'
import { observeModelCalls } from '@quipu/wire'
import type { InstrumentOptions } from '@quipu/wire/observers'
import { generateText, streamText } from 'ai'
import { CohereClient, CohereClientV2 } from 'cohere-ai'
import Groq from 'groq-sdk'
import { Ollama } from 'ollama'
import { expect, test } from 'vitest'
import { useConversationServer } from '../../../wire/fixtures/conversation-server.js'
import { type ObservedCall, readConversations } from '../../../wire/fixtures/conversations.js'
import { observedCall } from '../../../wire/fixtures/observed-call.js'
import * as aiSdk from './ai-sdk.js'
import * as anthropic from './anthropic.js'
import * as bedrock from './bedrock.js'
import * as cohere from './cohere.js'
import * as google from './google.js'
import * as langchain from './langchain.js'
import * as mistral from './mistral.js'
import * as ollama from './ollama.js'
import * as openai from './openai.js'

const server = useConversationServer()
const conversations = new Map(readConversations().map((each) => [each.name, each]))
const content = 'planted-prompt'
const messages = [{ role: 'user' as const, content }]
const model = 'a-model'

type Run = (options: InstrumentOptions) => PromiseLike<unknown>

/** The calls of each client, by the conversation with the response. */
const calls: { readonly [name: string]: Run } = {
  'anthropic | anthropic-messages: plain answer': (options) =>
    anthropic
      .instrument(new Anthropic({ apiKey: 'none', baseURL: server.http }), options)
      .messages.create({ model, max_tokens: 10, messages }),
  'anthropic | anthropic-messages: stream': (options) =>
    anthropic
      .instrument(new Anthropic({ apiKey: 'none', baseURL: server.http }), options)
      .messages.stream({ model, max_tokens: 10, messages })
      .finalMessage(),
  'groq | openai-chat: plain answer': (options) =>
    openai
      .instrument(new Groq({ apiKey: 'none', baseURL: server.http }), options)
      .chat.completions.create({ model, messages }),
  'google | gemini: plain answer': (options) =>
    google.instrument(googleClient(), options).models.generateContent({ model, contents: content }),
  'google | gemini: stream': async (options) =>
    drain(await google.instrument(googleClient(), options).models.generateContentStream({ model, contents: content })),
  'google chat | gemini: plain answer': (options) =>
    google.instrument(googleClient(), options).chats.create({ model }).sendMessage({ message: content }),
  'ollama | ollama: plain chat': (options) =>
    ollama.instrument(new Ollama({ host: server.http }), options).chat({ model, messages }),
  'ollama | ollama: streamed chat': async (options) =>
    drain(await ollama.instrument(new Ollama({ host: server.http }), options).chat({ model, messages, stream: true })),
  'mistral | openai-chat: plain answer': (options) =>
    mistral.instrument(mistralClient(), options).chat.complete({ model, messages }),
  'mistral | openai-chat: Mistral stream': async (options) =>
    drain(await mistral.instrument(mistralClient(), options).chat.stream({ model, messages })),
  'cohere | cohere: plain chat': (options) =>
    cohere
      .instrument(new CohereClientV2({ token: 'none', environment: server.http }), options)
      .chat({ model, messages }),
  'cohere v1 class | cohere: streamed chat': async (options) =>
    drain(
      await cohere
        .instrument(new CohereClient({ token: 'none', environment: server.http }), options)
        .v2.chatStream({ model, messages }),
    ),
  'bedrock | bedrock: converse': (options) =>
    bedrock.instrument(bedrockClient(), options).send(new ConverseCommand(converse)),
  'bedrock | bedrock: converse stream': async (options) =>
    drain((await bedrock.instrument(bedrockClient(), options).send(new ConverseStreamCommand(converse))).stream),
  'bedrock | bedrock: throttled in a stream': async (options) =>
    drain((await bedrock.instrument(bedrockClient(), options).send(new ConverseStreamCommand(converse))).stream),
  'ai-sdk | openai-chat: plain answer': (options) => generateText({ model: aiModel(options), prompt: content }),
  'ai-sdk | openai-chat: stream': (options) =>
    drain(streamText({ model: aiModel(options), prompt: content }).textStream),
  'langchain | openai-chat: plain answer': (options) => langchain.instrument(langchainModel(), options).invoke(content),
  'langchain | openai-chat: stream': async (options) =>
    drain(await langchain.instrument(langchainModel(), options).stream(content)),
}

const googleClient = () => new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: server.http } })
const mistralClient = () => new Mistral({ apiKey: 'none', serverURL: server.http })
const credentials = { accessKeyId: 'none', secretAccessKey: 'none' }
const bedrockClient = (options = {}) =>
  new BedrockRuntimeClient({ region: 'us-east-1', endpoint: server.http2, credentials, ...options })
const converse = { modelId: model, messages: [{ role: 'user' as const, content: [{ text: content }] }] }
const aiModel = (options: InstrumentOptions) =>
  aiSdk.instrument(createOpenAI({ apiKey: 'none', baseURL: `${server.http}/v1` }).chat(model), options)
const langchainModel = () => new ChatOpenAI({ apiKey: 'none', model, configuration: { baseURL: `${server.http}/v1` } })

async function drain(stream: AsyncIterable<unknown> | undefined): Promise<void> {
  for await (const _ of stream ?? []);
}

/** The parts that do not depend on the client's request, on hosts or on time. */
function answered({ outcome, errorType, usage, outputBytes, responseModel }: Partial<ObservedCall>): object {
  return { outcome, errorType, usage, outputBytes, responseModel }
}

function play(name: string, failures?: number): Partial<ObservedCall> {
  const conversation = conversations.get(name)
  if (conversation === undefined) throw new Error(`There is no conversation ${name}`)
  server.play(conversation, failures)
  return conversation.expected
}

test.each(Object.entries(calls))('%s: one call with its endpoint, in its own recorder only', async (name, run) => {
  const expected = play(name.split(' | ')[1] ?? '')
  const process = createTestRecorder()
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder: process })
  await Promise.resolve(run({ recorder, endpoint: 'summary' })).catch((error) => {
    if (expected.errorType === undefined) throw error
  })
  await expect.poll(() => recorder.value('llm_open_calls', { model })).toBe(0)
  recorder.recordPending()
  stop()
  expect(recorder.value('llm_requests_total', { model, endpoint: 'summary' })).toBe(1)
  expect(answered(observedCall(recorder) ?? {})).toEqual(answered(expected))
  expect(observedCall(process)).toBeUndefined()
  expect(JSON.stringify(recorder.readings().map((reading) => reading.cells()))).not.toContain('planted')
})

test('a call is counted once by each of several recorders that observe the process', async () => {
  const recorders = [createTestRecorder(), createTestRecorder()]
  const stops = recorders.map((recorder) => observeModelCalls({ recorder }))
  const expected = play('anthropic-messages: plain answer')
  await new Anthropic({ apiKey: 'none', baseURL: server.http }).messages.create({ model, max_tokens: 10, messages })
  for (const stop of stops) stop()
  for (const recorder of recorders) {
    expect(recorder.value('llm_requests_total', { model, endpoint: 'chat' })).toBe(1)
    expect(answered(observedCall(recorder) ?? {})).toEqual(answered(expected))
  }
})

test('a Bedrock client that retries a failed request made one call, with its retries', async () => {
  const recorder = createTestRecorder()
  play('bedrock: converse', 2)
  await bedrock.instrument(bedrockClient(), { recorder }).send(new ConverseCommand(converse))
  expect(server.requestCount).toBe(3)
  expect(recorder.value('llm_requests_total', { model, endpoint: 'chat' })).toBe(1)
  expect(recorder.value('llm_retries_total', { model, reason: 'overloaded' })).toBe(2)
})

test('a Bedrock client that stops retrying fails one call at once', async () => {
  const recorder = createTestRecorder()
  play('bedrock: converse', 3)
  const client = bedrock.instrument(bedrockClient(), { recorder })
  await expect(client.send(new ConverseCommand(converse))).rejects.toThrow()
  await expect.poll(() => recorder.value('llm_errors_total', { model, error_type: 'overloaded' })).toBe(1)
})

test('a Bedrock client over HTTP/1.1, instrumented twice, is counted once, by the last recorder', async () => {
  const { NodeHttpHandler } = await import('@smithy/node-http-handler')
  const recorders = [createTestRecorder(), createTestRecorder()]
  const client = bedrockClient({ endpoint: server.http, requestHandler: new NodeHttpHandler() })
  for (const recorder of recorders) bedrock.instrument(client, { recorder })
  play('bedrock: converse')
  await client.send(new ConverseCommand(converse))
  const counts = recorders.map((recorder) => recorder.value('llm_requests_total', { model, endpoint: 'chat' }))
  expect(counts).toEqual([0, 1])
})
