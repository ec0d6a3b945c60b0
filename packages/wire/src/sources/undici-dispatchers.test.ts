import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createTestRecorder } from '@quipu/testing'
import * as undici6 from 'undici-6'
import * as undici7 from 'undici-7'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { useConversationServer } from '../../fixtures/conversation-server.js'
import { readConversations } from '../../fixtures/conversations.js'
import { callCount, observedCall, retryCount } from '../../fixtures/observed-call.js'
import { observeModelCalls } from './observe-model-calls.js'

const server = useConversationServer()
const streamed = readConversations().find(({ name }) => name === 'openai-chat: stream')
const body = JSON.stringify(streamed?.request.body)

/** A proxy that creates tunnels, and counts them. */
const tunnels = new Set<Socket>()
let proxy: Server
let proxyUrl = ''
beforeAll(async () => {
  proxy = createServer()
  proxy.on('connect', ({ url = '' }, client: Socket) => {
    const [host, port] = url.split(':')
    const target = connect(Number(port), host, () => client.write('HTTP/1.1 200 OK\r\n\r\n'))
    tunnels.add(client)
    client.pipe(target).pipe(client)
    for (const socket of [client, target]) socket.on('error', () => target.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
})
afterAll(() => {
  for (const tunnel of tunnels) tunnel.destroy()
  proxy.close()
})

type Undici = typeof undici7

async function observed(undici: Undici, dispatcher: unknown, failures = 0) {
  if (streamed === undefined) throw new Error('there is no such conversation')
  server.play(streamed, failures)
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder })
  try {
    // Not `fetch`, whose bodies a retrying dispatcher cannot send again.
    const response = await undici.request(`${server.http}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      dispatcher: dispatcher as never,
    })
    const text = await response.body.text()
    recorder.recordPending()
    return { text, recorder }
  } finally {
    stop()
    await (dispatcher as { close(): Promise<void> }).close()
  }
}

describe.each([
  ['6', undici6 as unknown as Undici],
  ['7', undici7],
])('undici %s', (_, undici) => {
  const dispatchers: readonly (readonly [string, () => unknown])[] = [
    ['an agent of the request', () => new undici.Agent({ keepAliveTimeout: 10 })],
    ['a pool', () => new undici.Pool(server.http, { connections: 1 })],
    ['a client', () => new undici.Client(server.http)],
    ['a proxy', () => new undici.ProxyAgent({ uri: proxyUrl, proxyTunnel: true })],
    ['the proxy of the environment', () => new undici.EnvHttpProxyAgent({ httpProxy: proxyUrl, noProxy: '' })],
    ['an interceptor', () => new undici.Agent().compose(undici.interceptors.redirect({ maxRedirections: 1 }))],
    [
      'an interceptor of the application',
      () =>
        new undici.Agent().compose((dispatch) => (options, handler) => dispatch({ ...options, headers: {} }, handler)),
    ],
  ]
  test.each(dispatchers)('a call through %s is observed completely, and once', async (name, create) => {
    tunnels.clear()
    const { text, recorder } = await observed(undici, create())
    expect(text).toContain('[DONE]')
    expect(server.requestCount).toBe(1)
    expect(tunnels.size).toBe(/proxy/.test(name) ? 1 : 0)
    expect(callCount(recorder)).toBe(1)
    expect(observedCall(recorder)).toMatchObject({
      outcome: 'complete',
      usage: streamed?.expected.usage,
      outputBytes: streamed?.expected.outputBytes,
    })
  })

  test('retries of a dispatcher are attempts of one call', async () => {
    const agent = new undici.RetryAgent(new undici.Agent(), { methods: ['POST'], minTimeout: 1, maxRetries: 3 })
    const { text, recorder } = await observed(undici, agent, 2)
    expect(text).toContain('[DONE]')
    expect([server.requestCount, callCount(recorder), retryCount(recorder)]).toEqual([3, 1, 2])
  })

  test('responses of a mock are unchanged', async () => {
    const agent = new undici.MockAgent()
    agent.disableNetConnect()
    agent.get(server.http).intercept({ path: '/v1/chat/completions', method: 'POST' }).reply(200, 'mocked')
    const { text, recorder } = await observed(undici, agent)
    expect(text).toBe('mocked')
    expect([server.requestCount, callCount(recorder)]).toEqual([0, 0])
  })
})
