import { createRecorder } from '@quipu/core'
import { bridge } from '@quipu/http/prom-client'
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { startOtlpReceiver } from '../../otlp/fixtures/otlp-receiver.js'
import { samplesOf } from '../fixtures/page-points.js'
import { start } from './start.js'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A typical registry with a metric of each kind. */
function createRegistry(): Registry {
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

test('a registry of prom-client is on the page with its own samples, without the quantiles of summaries', async () => {
  const registry = createRegistry()
  const quipu = start({ recorder: createRecorder(), producers: [bridge(registry)], exitHooks: false })
  closing.push(() => quipu.shutdown())
  const page = samplesOf(await quipu.page('metrics'))
  const theirs = [...samplesOf(await registry.metrics())].filter(([name]) => !name.includes('quantile='))
  expect(theirs.length).toBeGreaterThan(8)
  expect(theirs.map(([name]) => [name, page.get(name)])).toEqual(theirs)
})

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

test('a registry that rejects loses only its own metrics', async () => {
  const broken = bridge({ getMetricsAsJSON: () => Promise.reject(new Error('secret')) })
  const quipu = start({ recorder: createRecorder(), producers: [broken], exitHooks: false })
  closing.push(() => quipu.shutdown())
  const page = await quipu.page('metrics')
  expect(page).toContain('process_uptime_seconds')
  expect(page).not.toContain('secret')
})
