import { type Client, load, messages, type OpenClient, type Untyped } from './client.js'

const anthropic = (line: string, version: string): Client => ({
  name: `@anthropic-ai/sdk ${line}`,
  packages: { [`anthropic-${line}`]: `npm:@anthropic-ai/sdk@${version}` },
  plain: 'anthropic-messages: plain answer',
  stream: 'anthropic-messages: stream',
  async open(url): Promise<OpenClient> {
    const { default: Anthropic } = await load(`anthropic-${line}`)
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
      raw: () => client.messages.create(body).asResponse(),
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
    // It has no signal per call; its fetch gets one.
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

/** Bedrock's client with a handler of requests; its own one uses HTTP/2. */
export const bedrockClient = (name: string, handlerFor: (ca?: string) => Promise<Untyped>): Client => ({
  name,
  packages: { '@aws-sdk/client-bedrock-runtime': '3.1164.0', '@smithy/node-http-handler': '4.14.2' },
  plain: 'bedrock: converse',
  stream: 'bedrock: converse stream',
  async open(url, ca) {
    const { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } = await load(
      '@aws-sdk/client-bedrock-runtime',
    )
    const client = new BedrockRuntimeClient({
      region: 'us-east-1',
      endpoint: url,
      credentials: { accessKeyId: 'planted', secretAccessKey: 'planted' },
      requestHandler: await handlerFor(ca),
    })
    const body = {
      modelId: 'anthropic.sonnet-4-5-20250929-v1:0',
      messages: [{ role: 'user', content: [{ text: 'planted-prompt' }] }],
      toolConfig: { tools: [{ toolSpec: { name: 'read_file', inputSchema: { json: { type: 'object' } } } }] },
    }
    return {
      plain: (abortSignal) => client.send(new ConverseCommand(body), { abortSignal }),
      stream: async (abortSignal) => (await client.send(new ConverseStreamCommand(body), { abortSignal })).stream,
    }
  },
})

const bedrock: Client = {
  ...bedrockClient('@aws-sdk/client-bedrock-runtime 3', async () => {
    const { NodeHttpHandler } = await load('@smithy/node-http-handler')
    return new NodeHttpHandler()
  }),
  isNodeHttp: true,
}

/** The clients of providers other than OpenAI. */
export const providerClients: readonly Client[] = [
  anthropic('0.60', '0.60.0'),
  anthropic('0.101', '0.101.0'),
  anthropic('1', '1.14.0'),
  google('1', '1.52.0'),
  google('2', '2.32.0'),
  { ...google('3', '3.3.0'), fromNode: 22 },
  ollama,
  mistral('1', '1.15.1'),
  mistral('2', '2.7.0'),
  cohere,
  bedrock,
]
