import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTestRecorder } from '@quipu/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { samplesOf } from '../fixtures/page-points.js'
import { start } from './index.js'
import type { Quipu } from './lifecycle/quipu.js'

let quipu: Pick<Quipu, 'shutdown'> | undefined
let receiver: Server | undefined

afterEach(async () => {
  await quipu?.shutdown()
  receiver?.close()
  vi.unstubAllEnvs()
})

/** One model call of a user; its price is in the library, which dates it. */
function callModel(recorder: ReturnType<typeof createTestRecorder>): void {
  recorder.withAttribution({ feature: 'search' }, () => {
    const call = recorder.startLlmCall({ provider: 'openai', model: 'gpt-4.1', user: 'user@example.com' })
    call.usage({ inputTokens: 1_000_000, outputTokens: 100_000, cacheReadTokens: 500_000 })
    call.end()
  })
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Uint8Array[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString()
}

async function startReceiver(): Promise<{ readonly url: string; readonly bodies: string[] }> {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      bodies.push(body)
      response.end('{}')
    })
  })
  receiver = server
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies }
}

test('costs of calls, and tokens by user, are on the page and exported over OTLP', async () => {
  const { url, bodies } = await startReceiver()
  vi.stubEnv('QUIPU_GENAI_PRICES', 'true')
  vi.stubEnv('QUIPU_TOKENS_BY_USER', 'true')
  const recorder = createTestRecorder()
  const started = start({
    recorder,
    exitHooks: false,
    prometheus: { port: 0 },
    otlp: { url, protocol: 'http/json' },
  })
  quipu = started
  callModel(recorder)
  const { urls } = await started.ready
  const samples = samplesOf(await (await fetch(urls.custom)).text())
  const cost = (type: string) => samples.get(`llm_cost_usd_total model=gpt-4.1 source=prices type=${type}`)
  expect([cost('input'), cost('cache_read'), cost('output')]).toEqual([1, 0.25, 0.8])
  expect(samples.get('llm_feature_cost_usd_total feature=search model=gpt-4.1')).toBe(2.05)
  const users = [...samples].filter(([name]) => name.startsWith('llm_tokens_by_user_total'))
  expect(users.map(([, value]) => value)).toEqual([1_000_000, 100_000])
  await started.flush()
  const sent = bodies.join('\n')
  for (const name of ['llm_cost_usd_total', 'llm_tokens_by_user_total', 'gen_ai.client.operation.cost']) {
    expect(sent).toContain(`"${name}"`)
  }
})

test('without prices a call has no cost, and without tokensByUser there is no user', async () => {
  const recorder = createTestRecorder()
  const started = start({ recorder, exitHooks: false, prometheus: { port: 0 } })
  quipu = started
  callModel(recorder)
  const { urls } = await started.ready
  const text = await (await fetch(urls.custom)).text()
  expect(text).toContain('llm_tokens_total{')
  expect(text).not.toMatch(/^(?:llm_cost_usd_total|llm_price_unknown_total|llm_tokens_by_user_total)\{/m)
})
