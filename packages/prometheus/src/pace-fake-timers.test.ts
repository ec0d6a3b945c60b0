import { createRecorder } from '@quipu/core'
import { afterEach, expect, test, vi } from 'vitest'
import { renderPage } from './render-page.js'

afterEach(() => vi.useRealTimers())

test('a page is rendered while a test uses fake timers', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] })
  const recorder = createRecorder()
  for (let i = 0; i < 150; i++) recorder.metrics.llm_requests_total.add(1, { model: `m${i}`, endpoint: 'chat' })
  expect(await renderPage(recorder)).toContain('llm_requests_total{model="m149"')
})
