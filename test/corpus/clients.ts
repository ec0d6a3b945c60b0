import { type Client, load, messages, type OpenClient, type Untyped } from './client.js'
import { openaiClients } from './clients-openai.js'

const anthropic = (major: string, version: string): Client => ({
  name: `@anthropic-ai/sdk ${major}`,
  packages: { [`anthropic-${major}`]: `npm:@anthropic-ai/sdk@${version}` },
  plain: 'anthropic-messages: plain answer',
  stream: 'anthropic-messages: stream',
  async open(url): Promise<OpenClient> {
    const { default: Anthropic } = await load(`anthropic-${major}`)
    const client = new Anthropic({ apiKey: 'planted-key', baseURL: url })
    const body = {
      model: 'sonnet-4-5',
      max_tokens: 1024,
      messages: messages.slice(1),
      tools: [{ name: 'read_file', input_schema: { type: 'object' } }],
    }
    return {
      plain: (signal) => client.messages.create(body, { signal }),
      stream: (signal) => client.messages.create({ ...body, stream: true }, { signal }),
    }
  },
})

const google = (major: string, version: string): Client => ({
  name: `@google/genai ${major}`,
  packages: { [`google-${major}`]: `npm:@google/genai@${version}` },
  plain: 'gemini: plain answer',
  stream: 'gemini: stream',
  async open(url) {
    const { GoogleGenAI } = await load(`google-${major}`)
    const { models } = new GoogleGenAI({ apiKey: 'planted-key', httpOptions: { baseUrl: url } })
    const body = (abortSignal?: AbortSignal) => ({
      model: 'gemini-2.5-flash',
      contents: [
        { role: 'user', parts: [{ text: 'planted-prompt' }] },
        { role: 'user', parts: [{ text: 'planted-prompt' }] },
      ],
      config: { abortSignal, tools: [{ functionDeclarations: [{ name: 'read_file' }] }] },
    })
    return {
      plain: (signal) => models.generateContent(body(signal)),
      stream: (signal) => models.generateContentStream(body(signal)),
    }
  },
})

const ollama: Client = {
  name: 'ollama 0.6',
  packages: { ollama: '0.6.4' },
  plain: 'ollama: plain chat',
  stream: 'ollama: streamed chat',
  async open(url) {
    const { Ollama } = await load('ollama')
    // It has no signal for a call: its fetch gets one.
    const client = (signal?: AbortSignal) =>
      new Ollama({
        host: url,
        fetch: (input: RequestInfo, init?: RequestInit) =>
          fetch(input, signal === undefined ? init : { ...init, signal }),
      })
    const body = {
      model: 'llama3.2',
      messages: messages.slice(1),
      tools: [{ type: 'function', function: { name: 'read_file' } }],
    }
    return {
      plain: (signal) => client(signal).chat(body),
      stream: (signal) => client(signal).chat({ ...body, stream: true }),
    }
  },
}

const mistral = (major: string, version: string): Client => ({
  name: `@mistralai/mistralai ${major}`,
  packages: { [`mistral-${major}`]: `npm:@mistralai/mistralai@${version}` },
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: Mistral stream',
  async open(url) {
    const { Mistral } = await load(`mistral-${major}`)
    const client = new Mistral({ apiKey: 'planted-key', serverURL: url })
    const options = (signal?: AbortSignal) => (signal === undefined ? undefined : { fetchOptions: { signal } })
    return {
      plain: (signal) => client.chat.complete({ model: 'gpt-4.1', messages }, options(signal)),
      stream: (signal) => client.chat.stream({ model: 'mistral-large-latest', messages }, options(signal)),
    }
  },
})

const cohere: Client = {
  name: 'cohere-ai 8',
  packages: { 'cohere-ai': '8.1.0' },
  plain: 'cohere: plain chat',
  stream: 'cohere: streamed chat',
  async open(url) {
    const { CohereClientV2 } = await load('cohere-ai')
    const client = new CohereClientV2({ token: 'planted-key', environment: url, baseUrl: url })
    const body = {
      model: 'command-a-03-2025',
      messages: messages.slice(1),
      tools: [{ type: 'function', function: { name: 'read_file', parameters: { type: 'object' } } }],
    }
    return {
      plain: (abortSignal) => client.chat(body, { abortSignal }),
      stream: (abortSignal) => client.chatStream(body, { abortSignal }),
    }
  },
}

const aiSdk = (major: string, [ai, openai]: readonly [string, string]): Client => ({
  name: `ai ${major} with @ai-sdk/openai`,
  packages: { [`ai-${major}`]: `npm:ai@${ai}`, [`ai-openai-${major}`]: `npm:@ai-sdk/openai@${openai}` },
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  async open(url) {
    const { generateText, streamText } = await load(`ai-${major}`)
    const { createOpenAI } = await load(`ai-openai-${major}`)
    const model = createOpenAI({ apiKey: 'planted-key', baseURL: `${url}/v1` }).chat('gpt-4.1')
    const call = { model, system: 'planted-prompt system', prompt: 'planted-prompt' }
    return {
      plain: async (abortSignal) => {
        const { text, usage, finishReason } = await generateText({ ...call, abortSignal })
        return { text, usage, finishReason }
      },
      stream: async (abortSignal) => streamText({ ...call, abortSignal, onError: () => undefined }).textStream,
    }
  },
})

const aiBedrock: Client = {
  name: 'ai 6 with @ai-sdk/amazon-bedrock',
  packages: { 'ai-6': 'npm:ai@6.0.326', 'ai-bedrock-6': 'npm:@ai-sdk/amazon-bedrock@4.0.186' },
  plain: 'bedrock: converse',
  stream: 'bedrock: converse stream of the AI SDK',
  async open(url) {
    const { generateText, streamText } = await load('ai-6')
    const { createAmazonBedrock } = await load('ai-bedrock-6')
    const model = createAmazonBedrock({ region: 'us-east-1', baseURL: url, apiKey: 'planted-key' })(
      'anthropic.sonnet-4-5-20250929-v1:0',
    )
    const call = { model, prompt: 'planted-prompt' }
    return {
      plain: async (abortSignal) => {
        const { text, usage } = await generateText({ ...call, abortSignal })
        return { text, usage }
      },
      stream: async (abortSignal) => streamText({ ...call, abortSignal, onError: () => undefined }).textStream,
    }
  },
}

const langchain: Client = {
  name: '@langchain/openai 1',
  packages: { '@langchain/openai': '1.6.0', '@langchain/core': '1.4.0' },
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  async open(url) {
    const { ChatOpenAI } = await load('@langchain/openai')
    const model = new ChatOpenAI({
      model: 'gpt-4.1',
      maxRetries: 2,
      apiKey: 'planted-key',
      configuration: { baseURL: `${url}/v1` },
    })
    const prompt = messages.map(({ role, content }) => [role, content])
    return {
      plain: (signal) => model.invoke(prompt, { signal }),
      stream: (signal) => model.stream(prompt, { signal }),
    }
  },
}

const jsonHeaders = { 'content-type': 'application/json' }
const chat = JSON.stringify({ model: 'gpt-4.1', messages })
const streamedChat = JSON.stringify({ model: 'gpt-4.1', messages, stream: true })

/** A client of HTTP alone, by the shape of `fetch`. */
const fetchClient = (name: string, packages: Client['packages'], loadFetch: () => Promise<Untyped>): Client => ({
  name,
  packages,
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  async open(url) {
    const fetchIt = await loadFetch()
    const post = async (body: string, signal?: AbortSignal) => {
      const response = await fetchIt(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: jsonHeaders,
        body,
        signal,
      })
      if (!response.ok) throw Object.assign(new Error('refused'), { status: response.status })
      return response
    }
    return {
      plain: async (signal) => (await post(chat, signal)).json(),
      stream: async (signal) => (await post(streamedChat, signal)).body,
    }
  },
})

const undici = (major: string, version: string, fromNode?: number): Client => ({
  ...fetchClient(
    `undici ${major}`,
    { [`undici-${major}`]: `npm:undici@${version}` },
    async () => (await load(`undici-${major}`)).fetch,
  ),
  ...(fromNode !== undefined && { fromNode }),
})

/** The bodies it sends and gets are streams of Node's, which emit an abort as an error: before the request there is no listener. */
const nodeFetch: Client = {
  ...fetchClient('node-fetch 3', { 'node-fetch': '3.3.2' }, async () => {
    const { default: fetchIt } = await load('node-fetch')
    return async (url: string, init: object) => {
      const response = await fetchIt(url, init)
      response.body.on('error', () => undefined)
      return response
    }
  }),
  isNodeHttp: true,
  endsProcess: ['abort before'],
}

const axios: Client = {
  name: 'axios 1',
  isNodeHttp: true,
  packages: { axios: '1.21.1' },
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  async open(url) {
    const { default: client } = await load('axios')
    const post = (body: string, options: object) =>
      client.post(`${url}/v1/chat/completions`, body, { headers: jsonHeaders, ...options })
    return {
      plain: async (signal) => (await post(chat, { signal })).data,
      stream: async (signal) => (await post(streamedChat, { signal, responseType: 'stream' })).data,
    }
  },
}

const got: Client = {
  name: 'got 14',
  isNodeHttp: true,
  packages: { got: '14.6.6' },
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  async open(url) {
    const { default: client } = await load('got')
    const options = (body: string, signal?: AbortSignal) => ({
      body,
      headers: jsonHeaders,
      signal,
      retry: { limit: 0 },
    })
    return {
      plain: (signal) => client.post(`${url}/v1/chat/completions`, options(chat, signal)).json(),
      stream: async (signal) => client.stream.post(`${url}/v1/chat/completions`, options(streamedChat, signal)),
    }
  },
}

export const clients: readonly Client[] = [
  ...openaiClients,
  anthropic('0', '0.60.0'),
  anthropic('1', '1.14.0'),
  google('1', '1.52.0'),
  google('2', '2.32.0'),
  { ...google('3', '3.3.0'), fromNode: 22 },
  ollama,
  mistral('1', '1.15.1'),
  mistral('2', '2.7.0'),
  cohere,
  aiSdk('5', ['5.0.277', '2.0.131']),
  aiSdk('6', ['6.0.326', '3.0.141']),
  { ...aiSdk('7', ['7.0.173', '4.0.118']), fromNode: 22 },
  aiBedrock,
  langchain,
  fetchClient('fetch', {}, async () => fetch),
  undici('5', '5.29.0'),
  undici('6', '6.29.1'),
  undici('7', '7.30.2'),
  undici('8', '8.13.1', 22),
  nodeFetch,
  axios,
  got,
]
