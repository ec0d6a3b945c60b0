import { type Client, load, messages, type OpenClient } from './client.js'

async function openChat(name: string, options: object): Promise<OpenClient> {
  const { default: Library } = await load(name)
  const client = new Library({ apiKey: 'planted-key', ...options })
  const body = { model: 'gpt-4.1', messages }
  return {
    plain: (signal) => client.chat.completions.create(body, { signal }),
    stream: (signal) =>
      client.chat.completions.create({ ...body, stream: true, stream_options: { include_usage: true } }, { signal }),
  }
}

const openai = (major: string, version: string): Client => ({
  name: `openai ${major}`,
  packages: { [`openai-${major}`]: `npm:openai@${version}` },
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  open: (url) => openChat(`openai-${major}`, { baseURL: `${url}/v1` }),
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
    }
  },
}

const groq: Client = {
  name: 'groq-sdk 1',
  packages: { 'groq-sdk': '1.6.0' },
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  open: (url) => openChat('groq-sdk', { baseURL: url }),
}

/** Clients made by the same generator as OpenAI's, and OpenAI's own. */
export const openaiClients: readonly Client[] = [
  { ...openai('4', '4.104.0'), isNodeHttp: true },
  openai('5', '5.23.2'),
  openai('6', '6.49.0'),
  openai('7', '7.59.0'),
  responses,
  groq,
]
