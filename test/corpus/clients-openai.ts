import { type Client, load, messages, type OpenClient, type Untyped } from './client.js'

/** A client of chat completions, of a class that OpenAI's generator made. */
export const openChat = (Library: Untyped, options: object): OpenClient =>
  chatOf(new Library({ apiKey: 'planted-key', ...options }))

/** Chat completions of a client. */
export function chatOf(client: Untyped): OpenClient {
  const body = { model: 'gpt-4.1', messages }
  return {
    plain: (signal) => client.chat.completions.create(body, { signal }),
    stream: (signal) =>
      client.chat.completions.create({ ...body, stream: true, stream_options: { include_usage: true } }, { signal }),
    raw: () => client.chat.completions.create(body).asResponse(),
  }
}

const openai = (major: string, version: string): Client => ({
  name: `openai ${major}`,
  packages: { [`openai-${major}`]: `npm:openai@${version}` },
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  open: async (url) => openChat((await load(`openai-${major}`)).default, { baseURL: `${url}/v1` }),
})

const responses: Client = {
  name: 'openai 7, responses',
  packages: { 'openai-7': 'npm:openai@7.59.0' },
  plain: 'openai-responses: plain answer',
  stream: 'openai-responses: stream',
  async open(url) {
    const { default: OpenAI } = await load('openai-7')
    const client = new OpenAI({ apiKey: 'planted-key', baseURL: `${url}/v1` })
    const body = {
      model: 'gpt-5',
      input: messages,
      tools: [{ type: 'function', name: 'read_file', parameters: { type: 'object' } }],
    }
    return {
      plain: (signal) => client.responses.create(body, { signal }),
      stream: (signal) => client.responses.create({ ...body, stream: true }, { signal }),
      raw: () => client.responses.create(body).asResponse(),
    }
  },
}

const groq: Client = {
  name: 'groq-sdk 1',
  packages: { 'groq-sdk': '1.6.0' },
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  open: async (url) => openChat((await load('groq-sdk')).default, { baseURL: url }),
}

const azure: Client = {
  name: 'openai 7, Azure',
  packages: { 'openai-7': 'npm:openai@7.59.0' },
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  async open(url) {
    const { AzureOpenAI } = await load('openai-7')
    return openChat(AzureOpenAI, { endpoint: url, apiVersion: '2025-04-01-preview' })
  },
}

/** Clients made by the same generator as OpenAI's, and OpenAI's own. */
export const openaiClients: readonly Client[] = [
  { ...openai('4', '4.104.0'), isNodeHttp: true },
  openai('5', '5.23.2'),
  openai('6', '6.49.0'),
  openai('7', '7.59.0'),
  responses,
  azure,
  groq,
]
