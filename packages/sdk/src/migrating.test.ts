import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defineMetrics } from '@quipu/catalog'
import { createRecorder } from '@quipu/core'
import { bridge } from '@quipu/runtime/prom-client'
import { Counter, collectDefaultMetrics, Registry } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { samplesOf } from '../fixtures/page-points.js'
import { start } from './start.js'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const has = async (page: Promise<string>, sample: string) => samplesOf(await page).get(sample)

/** Serves one request of an application that records it by prom-client. */
async function serveOne(): Promise<void> {
  const server = createServer((_request, response) => void response.end('ok'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  closing.push(() => server.closeAllConnections())
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)).text()
}

test('the five steps of docs/migrating.md leave every metric on a page at each step', async () => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const orders = new Counter({
    name: 'shop_orders_total',
    help: 'Orders placed',
    labelNames: ['channel'],
    registers: [registry],
  })
  orders.inc({ channel: 'web' }, 2)
  const order = 'shop_orders_total channel=web'
  const version = `nodejs_version_info major=${process.versions.node.split('.')[0]}`

  // 1. Quipu beside it: both pages are served.
  const first = start({ recorder: createRecorder(), exitHooks: false })
  expect(await has(registry.metrics(), order)).toBe(2)
  expect(await has(first.page('metrics'), 'process_uptime_seconds')).toBeGreaterThan(0)
  await first.shutdown()

  // 2. The registry on Quipu's page.
  const second = start({ recorder: createRecorder(), producers: [bridge(registry)], exitHooks: false })
  expect(await has(second.page('metrics'), order)).toBe(2)
  expect(await second.page('metrics')).toContain('nodejs_version_info{')
  await second.shutdown()

  // 3. and 4. Quipu records the default metrics and the requests.
  registry.removeSingleMetric('nodejs_version_info')
  const standard = ['semconv', 'instrumentator', 'prom_client'] as const
  const third = start({
    recorder: createRecorder(),
    producers: [bridge(registry)],
    prometheus: { port: 0, standard },
    exitHooks: false,
  })
  await serveOne()
  await expect
    .poll(() => has(third.page('metrics'), 'http_requests_total handler=none method=GET status=2xx'))
    .toBeGreaterThanOrEqual(1)
  expect([...samplesOf(await third.page('metrics')).keys()].filter((name) => name.startsWith(version))).toHaveLength(1)
  await third.shutdown()

  // 5. One of the application's own metrics, migrated.
  registry.removeSingleMetric('shop_orders_total')
  const last = start({
    recorder: createRecorder(),
    catalog: defineMetrics({
      shop_orders_total: { kind: 'counter', help: 'Orders placed', labels: { channel: ['web', 'app'] } },
    }),
    producers: [bridge(registry)],
    prometheus: { port: 0, standard },
    exitHooks: false,
  })
  closing.push(() => last.shutdown())
  last.metrics.shop_orders_total.add(3, { channel: 'web' })
  expect(await has(last.page('custom_metrics'), order)).toBe(3)
})
