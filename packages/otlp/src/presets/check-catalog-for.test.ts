import { builtinCatalog, defineMetrics } from '@quipu/catalog'
import { expect, test } from 'vitest'
import { checkCatalogFor } from './check-catalog-for.js'

test.each(['dynatrace', 'newrelic', 'gcp'] as const)('%s keeps every name of the built-in catalogue', (backend) => {
  expect(checkCatalogFor(backend, builtinCatalog)).toEqual([])
})

test('a name that a back end would reject or cut is found before it is sent', () => {
  const long = 'l'.repeat(120)
  const shop = defineMetrics({
    shop_orders_total: { kind: 'counter', help: 'Orders.', otlpName: 'shop-orders', labels: { [long]: 'name' } },
  })
  expect(checkCatalogFor('gcp', shop)).toMatchObject([{ metric: 'shop-orders' }])
  expect(checkCatalogFor('dynatrace', shop)).toMatchObject([{ metric: 'shop-orders', label: long }])
  expect(checkCatalogFor('newrelic', shop)).toEqual([])
  expect(checkCatalogFor('prometheus', shop)).toEqual([])
})
