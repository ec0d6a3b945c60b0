import * as platformatic from '@platformatic/prom-client'
import * as renamed from '@prometheus-io/client'
import { createRecorder } from '@quipu/core'
import { bridge } from '@quipu/runtime/prom-client'
import * as promClient from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { startOtlpReceiver } from '../../otlp/fixtures/otlp-receiver.js'
import { samplesOf } from '../fixtures/page-points.js'
import { start } from './start.js'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

type Client = Pick<typeof promClient, 'Counter' | 'Gauge' | 'Histogram' | 'Registry' | 'Summary'>

/** A typical registry with a metric of each kind. */
function createRegistry({ Counter, Gauge, Histogram, Registry, Summary }: Client = promClient): promClient.Registry {
  const registry = new Registry()
  const registers = [registry]
  new Counter({ name: 'orders_total', help: 'Orders', labelNames: ['channel'], registers }).inc({ channel: 'web' }, 3)
  new Gauge({
    name: 'queue_length',
    help: 'Jobs',
    registers,
    collect: async function () {
      this.set(7)
    },
  })
  const sizes = new Histogram({
    name: 'basket_items',
    help: 'Items',
    labelNames: ['channel'],
    buckets: [1, 2, 5],
    registers,
  })
  for (const items of [1, 2, 2, 9]) sizes.observe({ channel: 'web' }, items)
  new Summary({ name: 'work_seconds', help: 'Work', registers }).observe(0.5)
  return registry
}

test.each([
  ['prom-client', promClient],
  ['@prometheus-io/client', renamed as unknown as Client],
  ['@platformatic/prom-client', platformatic as unknown as Client],
])(
  'a registry of %s is on the page with its own samples, without the quantiles of summaries',
  async (_name, client) => {
    const registry = createRegistry(client)
    const quipu = start({ recorder: createRecorder(), producers: [bridge(registry)], exitHooks: false })
    closing.push(() => quipu.shutdown())
    const page = samplesOf(await quipu.page('metrics'))
    const theirs = [...samplesOf(await registry.metrics())].filter(([name]) => !name.includes('quantile='))
    expect(theirs.length).toBeGreaterThan(8)
    expect(theirs.map(([name]) => [name, page.get(name)])).toEqual(theirs)
  },
)

test('a registry of prom-client is exported over OTLP', async () => {
  const receiver = await startOtlpReceiver()
  closing.push(() => receiver.close())
  const quipu = start({
    recorder: createRecorder(),
    producers: [bridge(createRegistry())],
    otlp: { url: receiver.url },
    exitHooks: false,
  })
  closing.push(() => quipu.shutdown())
  expect((await quipu.flush()).errors).toEqual([])
  const names = new Set(receiver.requests.flatMap(({ points }) => points.map(({ name }) => name)))
  expect(['orders_total', 'queue_length', 'basket_items', 'work_seconds'].filter((name) => !names.has(name))).toEqual(
    [],
  )
})

test('a metric of an unknown shape loses only itself', async () => {
  const known = { name: 'known_total', help: 'Known', type: 'counter', values: [{ value: 3, labels: {} }] }
  const odd = bridge({ getMetricsAsJSON: () => [{ name: 'odd', help: '', type: 'histogram' }, known, null] })
  const quipu = start({ recorder: createRecorder(), producers: [odd], exitHooks: false })
  closing.push(() => quipu.shutdown())
  expect(samplesOf(await quipu.page('metrics')).get('known_total')).toBe(3)
})

test('a registry that rejects loses only its own metrics', async () => {
  const broken = bridge({ getMetricsAsJSON: () => Promise.reject(new Error('secret')) })
  const quipu = start({ recorder: createRecorder(), producers: [broken], exitHooks: false })
  closing.push(() => quipu.shutdown())
  const page = await quipu.page('metrics')
  expect(page).toContain('process_uptime_seconds')
  expect(page).not.toContain('secret')
})
