import { createRecorder } from '@quipu/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { whenActive } from './when-active.js'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

function watched() {
  const recorder = createRecorder()
  const then = vi.fn()
  whenActive(recorder, then)
  return { recorder, then }
}

test('a program that sends requests and records nothing else is not active', () => {
  const { recorder, then } = watched()
  recorder.metrics['http.client.request.duration'].record(0.1, {
    'http.request.method': 'GET',
    'server.address': 'registry.example',
    'server.port': '443',
  })
  vi.advanceTimersByTime(10_000)
  expect(then).not.toHaveBeenCalled()
})

test('a program that ends right after it recorded something is active before its end', () => {
  const { recorder, then } = watched()
  process.emit('beforeExit', 0)
  expect(then).not.toHaveBeenCalled()
  recorder.trackUserAction('export')
  process.emit('beforeExit', 0)
  process.emit('beforeExit', 0)
  expect(then.mock.calls).toEqual([['ending']])
})

test('a program that records something is active, once', () => {
  const { recorder, then } = watched()
  recorder.trackUserAction('export')
  vi.advanceTimersByTime(10_000)
  expect(then).toHaveBeenCalledTimes(1)
})
