import { expect, test } from 'vitest'
import { startOtlpReceiver } from '../../fixtures/otlp-receiver.js'
import type { OtlpEndpoint } from '../endpoint.js'
import { createHttpTransport } from './http-transport.js'
import { retryAfterMs, retryDelayMs } from './retry-delay.js'

test('the pause before a retry grows by half from one second to five, ± 20 %', () => {
  for (const [retry, middle] of [1000, 1500, 2250, 3375, 5000].entries()) {
    for (let i = 0; i < 50; i++) {
      expect(retryDelayMs(retry)).toBeGreaterThanOrEqual(middle * 0.8)
      expect(retryDelayMs(retry)).toBeLessThanOrEqual(Math.min(middle * 1.2, 5000))
    }
  }
})

test.each([
  ['2', 2000],
  ['0', 0],
  ['Sun, 22 Nov 2026 10:00:05 GMT', 5000],
  ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After: %s is %s ms', (header, ms) => {
  expect(retryAfterMs(header, Date.parse('Sun, 22 Nov 2026 10:00:00 GMT'))).toBe(ms)
})

async function withTransport(
  endpoint: Partial<OtlpEndpoint>,
  run: (context: {
    receiver: Awaited<ReturnType<typeof startOtlpReceiver>>
    transport: ReturnType<typeof createHttpTransport>
    retries: () => number
  }) => Promise<void>,
): Promise<void> {
  const receiver = await startOtlpReceiver()
  let retries = 0
  const transport = createHttpTransport(
    {
      url: new URL(`${receiver.url}/v1/metrics`),
      headers: {},
      protocol: 'http/json',
      compression: 'none',
      timeoutMs: 10_000,
      tls: {},
      spool: undefined,
      ...endpoint,
    },
    'quipu/test',
    () => retries++,
  )
  await run({ receiver, transport, retries: () => retries })
  transport.abort()
  await receiver.close()
}

const body = new TextEncoder().encode('{}')

test('a request on a closed kept-alive connection is sent again at once, also at the end', () =>
  withTransport({}, async ({ receiver, transport, retries }) => {
    expect(await transport.send(body)).toMatchObject({ outcome: 'taken' })
    receiver.reply = (i) => (i === 1 ? 'reset' : { status: 200 })
    transport.hurry()
    expect(await transport.send(body)).toMatchObject({ outcome: 'taken' })
    expect(retries()).toBe(1)
  }))

test('a redirect is not followed, because the key would go to another host', () =>
  withTransport({}, async ({ receiver, transport }) => {
    receiver.reply = () => ({ status: 307, headers: { location: 'http://127.0.0.1:1/' } })
    expect(await transport.send(body)).toMatchObject({ outcome: 'refused' })
  }))

test('a response without an end is cancelled', () =>
  withTransport({}, async ({ receiver, transport }) => {
    receiver.reply = () => ({ status: 503, body: Buffer.alloc(5 * 1024 * 1024) })
    const result = await transport.send(body)
    expect(result.outcome).toBe('refused')
    expect(String(Reflect.get(result, 'error'))).toContain('4 MiB')
  }))

test('abort cancels requests in progress and rejects later ones', () =>
  withTransport({}, async ({ receiver, transport }) => {
    const asked = new Promise<void>((resolve) => {
      receiver.reply = () => {
        resolve()
        return 'hang'
      }
    })
    const sending = transport.send(body)
    await asked
    transport.abort()
    expect(await sending).toMatchObject({ outcome: 'unavailable' })
    expect(await transport.send(body)).toMatchObject({ outcome: 'unavailable' })
  }))

test('a header that cannot be sent gives a rejection, not an error', () =>
  withTransport({ headers: { 'bad header': 'x' } }, async ({ transport }) => {
    expect(await transport.send(body)).toMatchObject({ outcome: 'refused' })
  }))
