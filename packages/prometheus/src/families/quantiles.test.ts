import { defineMetrics } from '@quipu/catalog'
import { createRecorder } from '@quipu/core'
import { expect, it } from 'vitest'
import { renderPage } from '../render-page.js'
import { quantilesOf } from './quantiles.js'

const catalog = defineMetrics({
  answer_bytes: { kind: 'summary', help: 'Size of answers', unit: 'By', quantiles: [0.5, 0.99] },
})

it('estimates the quantiles that an entry declares, within 5 %', async () => {
  const recorder = createRecorder({ catalog })
  for (let value = 1; value <= 1000; value++) recorder.metrics.answer_bytes.record(value)
  const page = await renderPage(recorder)
  const at = (quantile: string): number => Number(page.match(`answer_bytes\\{quantile="${quantile}"\\} (.*)`)?.[1])
  expect(at('0.5') / 500).toBeCloseTo(1, 1)
  expect(at('0.99') / 990).toBeCloseTo(1, 1)
  expect(page).toContain('answer_bytes_sum 500500\nanswer_bytes_count 1000\n')
})

it('has no quantiles for a summary that declares none or is empty', async () => {
  const recorder = createRecorder({ catalog })
  recorder.metrics.llm_completion_size_bytes.record(5, { model: 'gpt-4' })
  expect(await renderPage(recorder)).not.toContain('quantile=')
})

it('counts zeros as zeros', () => {
  const histogram = { scale: 0, sum: 8, count: 4, zeroCount: 3, positive: { offset: 2, bucketCounts: [1] } }
  expect(quantilesOf(histogram, [0.5, 1])).toEqual([
    { quantile: 0.5, value: 0 },
    { quantile: 1, value: 2 ** 2.5 },
  ])
})
