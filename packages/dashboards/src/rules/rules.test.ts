import { builtinCatalog } from '@quipu/catalog'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { checkQuery } from '../../fixtures/check-query.js'
import { builtinBoards } from '../boards/boards.js'
import { boardMetrics } from '../boards/scope.js'
import { objectives } from '../catalogue/objectives.js'
import { prometheusRules } from '../prometheus-rules.js'
import { alertGroups } from './alerts/alerts.js'
import { recordedLabels, recordings } from './recordings.js'

const alerts = Object.values(alertGroups(objectives)).flat()
const files = prometheusRules(builtinCatalog)
const panels = builtinBoards.flatMap(({ id, rows }) =>
  rows.flatMap(({ panels }) => panels.map((panel) => ({ ...panel, board: id }))),
)

test.each([...recordings.map(({ record, expr }) => [record, expr]), ...alerts.map(({ name, expr }) => [name, expr])])(
  '%s queries only metrics and labels of the catalogue, in the right way',
  (_, expr = '') => {
    expect(checkQuery(expr, boardMetrics, recordedLabels), expr).toEqual([])
  },
)

describe.each(alerts)('$name', (alert) => {
  test('has an existing board, a runbook with causes, and its section on the page', () => {
    expect(builtinBoards.map(({ id }) => id)).toContain(alert.board)
    expect(alert.runbook.causes.length).toBeGreaterThan(0)
    expect(files['rules/runbooks.md']).toContain(`\n## ${alert.name}\n`)
  })

  test('names in its texts only labels that it keeps', () => {
    const used = [...`${alert.summary}${alert.description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label)
    expect(Object.keys(alert.fires.labels)).toEqual(expect.arrayContaining(used))
  })
})

test('alerts have unique names', () => {
  expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length)
})

test('the alert that a panel names exists', () => {
  const named = panels.flatMap(({ alert }) => (alert === undefined ? [] : [alert]))
  expect(named.length).toBeGreaterThan(10)
  for (const name of named) expect(alerts.map((alert) => alert.name)).toContain(name)
})

test('your own objectives change the rules, the others keep their defaults', () => {
  const own = prometheusRules(builtinCatalog, { objectives: { dollarsPerDay: 20, llmSuccess: 0.999 } })
  expect(own['rules/alerts.yaml']).toContain('sum by (job) (increase(llm_cost_usd_total[1d])) > 20')
  expect(own['rules/alerts.yaml']).toContain('job:llm_errors:ratio_rate5m > 0.0144')
  expect(own['rules/alerts.yaml']).toContain('> 50000000')
})

test('runbooks can have another URL', () => {
  const own = prometheusRules(builtinCatalog, { runbookUrl: 'https://runbooks.example.com/quipu' })
  const { groups } = parse(own['rules/alerts.yaml'] ?? '')
  expect(groups[0].rules[0].annotations.runbook_url).toBe('https://runbooks.example.com/quipu#llmerrorbudgetfastburn')
})
