import { defineMetrics } from '@quipu/catalog'
import { createTestRecorder } from '@quipu/testing'
import { expect, test } from 'vitest'

const catalog = defineMetrics({
  spent_total: {
    kind: 'counter',
    help: 'Spent',
    labels: { account: { class: 'name', budget: 3 } },
    budget: 3,
    overBudget: 'largest',
  },
  of_metric_total: {
    kind: 'counter',
    help: 'Two series at most',
    labels: { account: 'name' },
    budget: 2,
    overBudget: 'largest',
  },
  of_label_total: {
    kind: 'counter',
    help: 'Two accounts at most',
    labels: { account: { class: 'name', budget: 2 }, region: 'name' },
    overBudget: 'largest',
  },
})

function createSpending() {
  const recorder = createTestRecorder({ catalog })
  const spend = (account: string, amount: number) => recorder.metrics.spent_total.add(amount, { account })
  const shown = () =>
    Object.fromEntries(
      recorder
        .readings()
        .find(({ name }) => name === 'spent_total')
        ?.cells()
        .map((cell) => [cell.values[0], cell.data[cell.at]]) ?? [],
    )
  const leftOut = () => recorder.value('quipu_series_left_out', { metric: 'spent_total' })
  return { recorder, spend, shown, leftOut }
}

test('a counter over its budget keeps the series with the largest sums', () => {
  const { spend, shown, leftOut } = createSpending()
  for (const [account, amount] of [
    ['a', 10],
    ['b', 20],
    ['c', 30],
    ['d', 5],
    ['e', 40],
  ] as const)
    spend(account, amount)
  expect(shown()).toEqual({ b: 20, c: 30, e: 40 })
  expect(leftOut()).toBe(2)
})

test('left-out values are in the sum of a series that became large, and a replaced series starts again from 0', () => {
  const { spend, shown } = createSpending()
  spend('a', 10)
  spend('b', 20)
  spend('c', 30)
  spend('d', 6)
  expect(shown()).toEqual({ a: 10, b: 20, c: 30 })
  spend('d', 6)
  expect(shown()).toEqual({ b: 20, c: 30, d: 12 })
  spend('a', 13)
  expect(shown()).toEqual({ a: 13, b: 20, c: 30 })
})

test('a handle adds to its series while it is left out, and when it is kept', () => {
  const { recorder, spend, shown } = createSpending()
  for (const account of ['a', 'b', 'c']) spend(account, 10)
  const handle = recorder.metrics.spent_total.with({ account: 'd' })
  handle.add(8)
  handle.add(8)
  handle.add(1)
  expect(shown()).toEqual({ b: 10, c: 10, d: 17 })
})

test('a removed series is forgotten, also while it is left out', () => {
  const { recorder, spend, shown, leftOut } = createSpending()
  for (const account of ['a', 'b', 'c']) spend(account, 10)
  spend('d', 9)
  recorder.metrics.spent_total.remove({ account: 'd' })
  expect(leftOut()).toBe(0)
  spend('d', 9)
  expect(shown()).toEqual({ a: 10, b: 10, c: 10 })
})

test('the budget of the metric alone leaves out the smallest', () => {
  const { metrics, readings } = createTestRecorder({ catalog })
  for (const [i, account] of ['a', 'b', 'c', 'd'].entries()) metrics.of_metric_total.add(10 * (i + 1), { account })
  const cells =
    readings()
      .find(({ name }) => name === 'of_metric_total')
      ?.cells() ?? []
  expect(cells.map(({ values }) => values[0]).sort()).toEqual(['c', 'd'])
})

test('the budget of a label alone leaves out new values, and not new series of known values', () => {
  const { metrics, readings } = createTestRecorder({ catalog })
  const { of_label_total } = metrics
  for (const [account, region] of [
    ['a', 'x'],
    ['b', 'x'],
    ['a', 'y'],
    ['c', 'x'],
  ] as const)
    of_label_total.add(10, { account, region })
  const cells =
    readings()
      .find(({ name }) => name === 'of_label_total')
      ?.cells() ?? []
  expect(cells.map(({ values }) => values.join(' '))).toEqual(['a x', 'b x', 'a y'])
})
