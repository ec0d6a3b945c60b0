import { type Client, load, messages, type Untyped } from './client.js'

export const jsonHeaders = { 'content-type': 'application/json' }
export const chat = JSON.stringify({ model: 'gpt-4.1', messages })
export const streamedChat = JSON.stringify({ model: 'gpt-4.1', messages, stream: true })

/** A plain HTTP client with the shape of `fetch`. */
export const fetchClient = (
  name: string,
  packages: Client['packages'],
  loadFetch: (ca?: string) => Promise<Untyped>,
): Client => ({
  name,
  packages,
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  async open(url, ca) {
    const fetchIt = await loadFetch(ca)
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

/** Its bodies are Node streams, which emit an abort as an error; before the request they have no listener. */
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

/** Options of a client for its server's certificate. */
type OptionsFor = (ca?: string) => object

export const axiosClient = (name: string, optionsFor: OptionsFor = () => ({})): Client => ({
  name,
  packages: { axios: '1.21.1' },
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  async open(url, ca) {
    const { default: client } = await load('axios')
    const post = (body: string, options: object) =>
      client.post(`${url}/v1/chat/completions`, body, { headers: jsonHeaders, ...optionsFor(ca), ...options })
    return {
      plain: async (signal) => (await post(chat, { signal })).data,
      stream: async (signal) => (await post(streamedChat, { signal, responseType: 'stream' })).data,
    }
  },
})

export const gotClient = (name: string, optionsFor: OptionsFor = () => ({})): Client => ({
  name,
  packages: { got: '14.6.6' },
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  async open(url, ca) {
    const { default: client } = await load('got')
    const options = (body: string, signal?: AbortSignal) => ({
      ...optionsFor(ca),
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
})

/** HTTP clients with which applications call a model without a library. */
export const httpClients: readonly Client[] = [
  fetchClient('fetch', {}, async () => fetch),
  undici('5', '5.29.0'),
  undici('6', '6.29.1'),
  undici('7', '7.30.2'),
  undici('8', '8.13.1', 22),
  nodeFetch,
  { ...axiosClient('axios 1'), isNodeHttp: true },
  { ...gotClient('got 14'), isNodeHttp: true },
]
