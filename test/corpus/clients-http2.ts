import { type ClientHttp2Stream, connect } from 'node:http2'
import tls from 'node:tls'
import { type Client, load } from './client.js'
import { axiosClient, chat, fetchClient, gotClient, jsonHeaders, streamedChat } from './clients-http.js'
import { bedrockClient } from './clients-providers.js'

/** Since Node 26, `fetch` uses HTTP/2 with every server that offers it. */
const globalFetch: Client = {
  ...fetchClient('fetch', {}, async (ca = '') => {
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), ca])
    return fetch
  }),
  fromNode: 26,
}

/** From version 8 on it uses HTTP/2 without the option too. */
const undici = (major: string, version: string, options: object): Client =>
  fetchClient(`undici ${major}`, { [`undici-${major}`]: `npm:undici@${version}` }, async (ca) => {
    const { Agent, fetch } = await load(`undici-${major}`)
    const dispatcher = new Agent({ ...options, connect: { ca } })
    return (url: string, init: object) => fetch(url, { ...init, dispatcher })
  })

/** An assertion fails where a request is aborted, and an answer whose connection breaks never ends. */
const failuresOfUndici5 = ['break', 'abort while waiting', 'abort in a stream', 'cut answer', 'cut stream']

/** Node's own client, as an application would write it. */
const nodeHttp2: Client = {
  name: 'node:http2',
  packages: {},
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  async open(url, ca) {
    const session = connect(url, { ca }).on('error', () => undefined)
    session.unref()
    const post = async (body: string, signal?: AbortSignal): Promise<ClientHttp2Stream> => {
      const headers = { ':method': 'POST', ':path': '/v1/chat/completions', ...jsonHeaders }
      const request = session.request(headers, signal && { signal })
      const status = new Promise((resolve, reject) => {
        request.on('response', (head) => resolve(head[':status'])).on('error', reject)
        request.on('close', () => reject(new Error('closed')))
      })
      request.end(body)
      if ((await status) === 200) return request
      request.resume()
      throw Object.assign(new Error('refused'), { status: await status })
    }
    return {
      async plain(signal) {
        const parts: Uint8Array[] = []
        for await (const part of await post(chat, signal)) parts.push(part)
        return JSON.parse(Buffer.concat(parts).toString())
      },
      stream: (signal) => post(streamedChat, signal),
    }
  },
}

const bedrock = bedrockClient('@aws-sdk/client-bedrock-runtime 3', async (ca) => {
  const { NodeHttp2Handler } = await load('@smithy/node-http-handler')
  return new NodeHttp2Handler({ nodeHttp2ConnectOptions: { ca } })
})

/** Clients of `node:http2`, whose requests Node publishes since 22.17 and 24.2. */
const published: readonly Client[] = [
  nodeHttp2,
  axiosClient('axios 1', (ca) => ({ httpVersion: 2, http2Options: { ca } })),
  gotClient('got 14', (ca) => ({ http2: true, https: { certificateAuthority: ca } })),
  bedrock,
]

/** Clients over HTTP/2 and TLS. */
export const http2Clients: readonly Client[] = [
  globalFetch,
  { ...undici('5', '5.29.0', { allowH2: true }), endsProcess: failuresOfUndici5 },
  undici('6', '6.29.1', { allowH2: true }),
  undici('7', '7.30.2', { allowH2: true }),
  { ...undici('8', '8.13.1', {}), fromNode: 22 },
  ...published.map((client) => ({ ...client, fromNode: 22 })),
].map((client) => ({ ...client, name: `${client.name}, HTTP/2`, isHttp2: true }))
