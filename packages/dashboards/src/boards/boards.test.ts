import { builtinCatalog, defineMetrics } from '@quipu/catalog'
import { describe, expect, test } from 'vitest'
import { checkQuery } from '../../fixtures/check-query.js'
import { grafanaBoards } from '../grafana-boards.js'
import { layOut } from '../model/layout.js'
import { boardsOf, builtinBoards } from './boards.js'
import { boardMetrics } from './scope.js'

const shop = defineMetrics({
  shop_orders_total: {
    kind: 'counter',
    help: 'Orders placed',
    labels: { channel: ['web', 'app'], 'shop.city': 'name' },
  },
  shop_basket_items: { kind: 'histogram', help: 'Items in a basket', unit: '{item}', buckets: [1, 2, 5, 10] },
  shop_open_baskets: { kind: 'gauge', help: 'Baskets open now', labels: { channel: ['web', 'app'] } },
  shop_parcel_bytes: { kind: 'summary', help: 'Size of parcels', unit: 'By' },
})
const boards = boardsOf(shop)
const metrics = { ...boardMetrics, ...shop.metrics }

describe.each(boards)('the board $id', (board) => {
  const panels = board.rows.flatMap(({ panels }) => panels)

  test.each(panels)('$title queries only metrics and labels of the catalogue, in the right way', ({ queries }) => {
    for (const { expr } of queries) expect(checkQuery(expr, metrics), expr).toEqual([])
  })

  test('every query selects the chosen job', () => {
    for (const { queries } of panels) for (const { expr } of queries) expect(expr).toContain('{job=~"$job"')
  })

  test('panels do not overlap and stay within the grid', () => {
    const cells = new Set<string>()
    for (const { panels, y } of layOut(board)) {
      for (const place of [...panels, { x: 0, y, width: 24, height: 1 }]) {
        expect(place.x + place.width).toBeLessThanOrEqual(24)
        for (let x = place.x; x < place.x + place.width; x++) {
          for (let y = place.y; y < place.y + place.height; y++) {
            expect(cells.has(`${x},${y}`), `two panels at ${x},${y}`).toBe(false)
            cells.add(`${x},${y}`)
          }
        }
      }
    }
  })

  test('panels have a unique title in their row and a description', () => {
    for (const { title, panels } of board.rows) {
      expect(new Set(panels.map(({ title }) => title)).size, title).toBe(panels.length)
      for (const { about, queries } of panels) {
        expect(about).toMatch(/[.:]$/)
        expect(queries.length).toBeGreaterThan(0)
      }
    }
  })
})

test('boards have unique ids', () => {
  expect(new Set(boards.map(({ id }) => id)).size).toBe(boards.length)
})

test('sums of tokens exclude the type that is the sum of the others', () => {
  const queries = builtinBoards.flatMap(({ rows }) =>
    rows.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries)),
  )
  const ofTokens = queries.filter(({ expr }) => expr.includes('llm_tokens_total'))
  expect(ofTokens.length).toBeGreaterThan(5)
  for (const { expr } of ofTokens) {
    for (const [selector] of expr.matchAll(/llm_tokens_total\{[^}]*\}/g)) {
      expect(selector).toMatch(/type(?:=~"input\|output"|="output"|="input")/)
    }
  }
})

test('an application without its own metrics has no board for them', () => {
  expect(boardsOf(builtinCatalog)).toEqual(builtinBoards)
  expect(Object.keys(grafanaBoards(shop))).toEqual([
    ...Object.keys(grafanaBoards(builtinCatalog)),
    'dashboards/own.json',
  ])
})

test.each([
  ['sum(rate(llm_request_total[5m]))', 'unknown metric llm_request_total'],
  ['sum by (models) (rate(llm_requests_total[5m]))', 'llm_requests_total has no label models'],
  ['rate(llm_requests_total{kind="x"}[5m])', 'llm_requests_total has no label kind'],
  ['sum(llm_requests_total)', 'llm_requests_total only grows, and is read with nothing'],
  ['sum(rate(app_active_sessions[5m]))', 'app_active_sessions is a gauge, and is read with rate'],
  ['rate(llm_request_duration_seconds_bucket{le="1.0"}[5m])', 'llm_request_duration_seconds: a bucket bound'],
  ['sum(rate(llm_requests_total[5m])', 'syntax error'],
])('the check finds the problem of %s', (query, problem) => {
  expect(checkQuery(query, boardMetrics).join('\n').replaceAll('_bucket:', ':')).toContain(problem)
})
