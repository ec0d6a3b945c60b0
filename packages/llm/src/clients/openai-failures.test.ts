import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { ask, clientsOf, messages, model, recorded, useModelServer, versions } from '../../fixtures/openai-clients.js'

const server = useModelServer()

/** An address without a server. */
async function closedUrl(): Promise<string> {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  await new Promise((resolve) => other.close(resolve))
  return `http://127.0.0.1:${port}/v1`
}

describe.each(versions)('openai %s', (_version, Client) => {
  const { observed } = clientsOf(server, Client)

  test('rate limits that the client retried are retries, and the call counts once', async () => {
    const { recorder, client } = observed()
    await client.chat.completions.create({ model, messages: ask({ rateLimits: 2 }) })
    expect(recorded(recorder)).toMatchObject({
      'requests chat': 1,
      'retries rate_limit': 2,
      'tokens input': 4,
    })
    expect(recorded(recorder)).not.toHaveProperty('rate_limits')
    expect(server.requests).toEqual([0, 1, 2].map((attempt) => `/v1/chat/completions ${attempt}`))
  })

  test('a rate limit despite all retries: not counted as an error', async () => {
    const { recorder, client } = observed()
    const call = client.chat.completions.create({ model, messages: ask({ rateLimits: 9 }) })
    await expect(call).rejects.toMatchObject({ status: 429 })
    await expect.poll(() => recorded(recorder)).toEqual({ 'requests chat': 1, rate_limits: 1, 'retries rate_limit': 2 })
    expect(recorder.lines).toEqual(['[METRIC] [unknown] error error_type=rate_limit'])
  })

  test('an exhausted quota is an error and not a rate limit', async () => {
    const { recorder, client } = observed()
    const call = client.chat.completions.create({ model, messages: ask({ status: 429, code: 'insufficient_quota' }) })
    await expect(call).rejects.toMatchObject({ code: 'insufficient_quota' })
    expect(recorded(recorder)).toMatchObject({ 'requests chat': 1, 'errors quota_exceeded': 1 })
    expect(recorded(recorder)).not.toHaveProperty('rate_limits')
  })

  test('a single failure of a server is a retry and not an error', async () => {
    const { recorder, client } = observed()
    await client.chat.completions.create({ model, messages: ask({ failures: 1 }) })
    expect(recorded(recorder)).toMatchObject({ 'requests chat': 1, 'retries server_error': 1 })
    expect(Object.keys(recorded(recorder)).filter((name) => name.startsWith('errors'))).toEqual([])
  })

  test('the remaining rate limits, from the headers', async () => {
    const { recorder, client } = observed()
    await client.chat.completions.create({ model, messages })
    const of = (kind: string) => ({ provider: 'openai', model, kind })
    expect(recorder.value('llm_ratelimit_remaining', of('requests'))).toBe(499)
    expect(recorder.value('llm_ratelimit_limit', of('requests'))).toBe(500)
    expect(recorder.value('llm_ratelimit_limit', of('tokens'))).toBe(30_000)
  })

  test('a rejected request: an error by its status', async () => {
    const { recorder, client } = observed()
    await expect(client.chat.completions.create({ model, messages: ask({ status: 401 }) })).rejects.toThrow()
    await expect.poll(() => recorded(recorder)).toEqual({ 'requests chat': 1, 'errors authentication': 1 })
  })

  test('an unreachable server', async () => {
    const { recorder, client } = observed({ client: { baseURL: await closedUrl(), maxRetries: 0 } })
    await expect(client.chat.completions.create({ model, messages })).rejects.toThrow()
    await expect.poll(() => recorded(recorder)).toEqual({ 'requests chat': 1, 'errors connection': 1 })
  })

  test('an attempt over its time limit is a retry', async () => {
    const { recorder, client } = observed({ client: { timeout: 30, maxRetries: 1 } })
    await expect(client.chat.completions.create({ model, messages: ask({ delayMs: 200 }) })).rejects.toThrow()
    await expect
      .poll(() => recorded(recorder))
      .toEqual({
        'requests chat': 1,
        'errors timeout': 1,
        'retries timeout': 1,
      })
    // The last attempt arrives after its client has cancelled it. It must not count as one of the next test's.
    await expect.poll(() => server.requests.length).toBe(2)
  })
})
