import { defineMetrics } from '@quipu/catalog'
import { createRecorder } from '@quipu/core'
import type { AnyPreset, OtlpOptions } from '@quipu/sdk'
import { type FlushOutcome, start } from '@quipu/sdk'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { describeWithServer, startPrometheus, startVictoriaMetrics } from '../servers/index.js'
import { recordEverything } from './recorded-metrics.js'
import { startVendorBackend, type VendorBackend } from './vendor-backend.js'
import { at, type DirectVendor, directPresets, directVendors } from './vendor-presets.js'
import { type VendorName, type VendorRules, vendorRules } from './vendor-rules.js'

interface Server {
  readonly otlpUrl: string
  stop(): Promise<void>
}

const backends: VendorBackend[] = []
afterEach(() => Promise.all(backends.splice(0).map((backend) => backend.close())))

async function startBackend(vendor: VendorName): Promise<VendorBackend> {
  const backend = await startVendorBackend(vendor)
  backends.push(backend)
  return backend
}

/** The options of a preset without its back end, so that they are not checked against the vendor's rules. */
function byHand(vendor: DirectVendor, origin: string, change: Partial<OtlpOptions> = {}): OtlpOptions {
  const { backend: _, ...options } = at(directPresets[vendor], origin)
  return { ...options, ...change }
}

async function send(otlp: OtlpOptions | AnyPreset): Promise<FlushOutcome> {
  const { recorder } = recordEverything()
  return await start({ otlp, recorder, exitHooks: false, shutdownTimeoutMs: 10_000 }).shutdown()
}

it('has rules for every back end that has a preset', () => {
  expect(Object.keys(vendorRules).sort()).toEqual([...directVendors, 'azure', 'cloudwatch', 'gcp'].sort())
})

describe.each(directVendors)('%s', (vendor) => {
  it('accepts all data of its preset', async () => {
    const backend = await startBackend(vendor)
    const outcome = await send(at(directPresets[vendor], backend.origin))
    expect(outcome).toMatchObject({ held: 0, dropped: 0, errors: [] })
    expect(backend.requests.map(({ status, rejected }) => [status, rejected])).toEqual(
      backend.requests.map(() => [200, []]),
    )
    const points = backend.requests.flatMap((request) => request.points)
    expect(points.length).toBe(outcome.delivered)
    expect(points.length).toBeGreaterThan(200)
  })

  it('accepts nothing at another path, which is reported', async () => {
    const backend = await startBackend(vendor)
    const outcome = await send(byHand(vendor, backend.origin, { url: `${backend.origin}/v1/traces` }))
    expect(outcome).toMatchObject({ delivered: 0, held: 0 })
    expect(outcome.dropped).toBeGreaterThan(200)
    expect(outcome.errors.map(String)).toContainEqual(expect.stringContaining('404'))
  })
})

const withHeaders = directVendors.flatMap((vendor) => {
  const rules: VendorRules = vendorRules[vendor]
  return Object.entries(rules.headers ?? {}).map(([header, { status }]) => ({ vendor, header, status }))
})

it.each(withHeaders)('$vendor answers $status without $header', async ({ vendor, header, status }) => {
  const backend = await startBackend(vendor)
  const headers = Object.fromEntries(Object.entries(directPresets[vendor].headers).filter(([name]) => name !== header))
  const outcome = await send(byHand(vendor, backend.origin, { headers }))
  expect(outcome.delivered).toBe(0)
  expect(outcome.errors.map(String)).toContainEqual(expect.stringContaining(String(status)))
  expect(backend.requests.map((request) => request.status)).toEqual(backend.requests.map(() => status))
})

// Configurations that types and start() prevent: the vendor's own rules reject each of them.
const impossible: readonly (readonly [DirectVendor, Partial<OtlpOptions>, 400 | 415 | 500 | 'partly'])[] = [
  ['datadog', { temporality: 'cumulative' }, 400],
  ['dynatrace', { temporality: 'cumulative' }, 'partly'],
  ['dynatrace', { protocol: 'http/json' }, 415],
  ['grafanaCloud', { temporality: 'delta' }, 400],
  ['splunk', { temporality: 'delta' }, 400],
  ['splunk', { protocol: 'http/json' }, 415],
  ['elastic', { temporality: 'cumulative' }, 'partly'],
  ['prometheus', { temporality: 'delta' }, 500],
  ['mimir', { temporality: 'delta' }, 400],
  ['mimir', { protocol: 'http/json' }, 415],
  ['victoriaMetrics', { protocol: 'http/json' }, 400],
]

it.each(impossible)('%s does not accept %j, and start() refuses to send it', async (vendor, change, answer) => {
  const backend = await startBackend(vendor)
  const outcome = await send(byHand(vendor, backend.origin, change))
  expect(outcome.dropped).toBeGreaterThan(0)
  if (answer === 'partly') {
    expect(outcome.delivered).toBeGreaterThan(0)
    expect(outcome.dropped).toBe(backend.requests.flatMap(({ rejected }) => rejected).length)
    expect(outcome.errors.map(String)).toContainEqual(expect.stringContaining('rejected'))
  } else {
    expect(outcome.delivered).toBe(0)
    expect(backend.requests.map(({ status }) => status)).toEqual([answer])
  }
  const changed: object = { ...at(directPresets[vendor], backend.origin), ...change }
  expect(() => start({ otlp: changed })).toThrow(expect.objectContaining({ code: 'QUIPU_BACKEND_REFUSES' }))
  expect(backend.requests.length).toBe(1)
})

describeWithServer(['prometheus', 'victoriametrics'], 'the two that can be run here', () => {
  const servers: Server[] = []
  afterAll(() => Promise.all(servers.splice(0).map((server) => server.stop())))

  it.each([
    ['prometheus', () => startPrometheus({ otlp: true })],
    ['victoriaMetrics', () => startVictoriaMetrics({ flags: [] })],
  ] as const)('%s answers as its rules here say', async (vendor, startServer) => {
    const server: Server = await startServer()
    servers.push(server)
    const backend = await startBackend(vendor)
    for (const protocol of ['http/protobuf', 'http/json'] as const) {
      for (const temporality of ['cumulative', 'delta'] as const) {
        const change = { protocol, temporality }
        const real = await send(byHand(vendor, new URL(server.otlpUrl).origin, change))
        const fake = await send(byHand(vendor, backend.origin, change))
        expect(real.errors.map(String), `${protocol} ${temporality}`).toEqual(fake.errors.map(String))
        expect([real.delivered > 0, real.dropped > 0]).toEqual([fake.delivered > 0, fake.dropped > 0])
      }
    }
  })
})

describe('a back end that limits requests', () => {
  const big = defineMetrics({
    shop_orders_total: {
      kind: 'counter',
      help: 'Orders placed in a shop of the chain, by the shop that took them and the place where it stands.',
      labels: { shop: { class: 'name', budget: 40_000 }, place: { class: 'name', budget: 40_000 } },
      budget: 40_000,
    },
  })
  const SERIES = 30_000

  async function sendMany(otlp: OtlpOptions | AnyPreset): Promise<FlushOutcome> {
    const recorder = createRecorder({ catalog: big })
    for (let i = 0; i < SERIES; i++) {
      recorder.metrics.shop_orders_total.add(1, {
        shop: `shop-${i}`.padEnd(60, 'x'),
        place: `place-${i}`.padEnd(60, 'y'),
      })
    }
    return await start({ recorder, otlp, exitHooks: false, shutdownTimeoutMs: 20_000 }).shutdown()
  }

  it.each(['datadog', 'newrelic', 'dynatrace'] as const)(
    '%s gets 30,000 series in requests that it takes; one request with all of them it refuses, and gets them in halves',
    async (vendor) => {
      const backend = await startBackend(vendor)
      const taken = () => backend.requests.filter(({ status }) => status === 200).flatMap(({ points }) => points).length
      const outcome = await sendMany(at(directPresets[vendor], backend.origin))
      expect(outcome).toMatchObject({ held: 0, dropped: 0 })
      expect(backend.requests.map(({ status }) => status)).toEqual(backend.requests.map(() => 200))
      expect(taken()).toBe(outcome.delivered)
      expect(taken()).toBeGreaterThan(SERIES)

      backend.requests.length = 0
      const { maxPointsPerRequest: _, ...whole } = byHand(vendor, backend.origin, { compression: 'none' })
      const inHalves = await sendMany(whole)
      expect(inHalves).toMatchObject({ held: 0, dropped: 0, errors: [] })
      expect(backend.requests[0]).toMatchObject({ status: 413 })
      expect(taken()).toBe(inHalves.delivered)
      expect(taken()).toBeGreaterThan(SERIES)
    },
    60_000,
  )
})
