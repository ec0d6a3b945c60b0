import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isModelFailure, noteModelFailure } from './model-failures.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.advanceTimersByTime(5_000)
  vi.useRealTimers()
})

test('the error that failed a call, and errors that it caused', () => {
  const error = new TypeError('terminated')
  noteModelFailure(error)
  expect(isModelFailure(error)).toBe(true)
  expect(isModelFailure(new Error('fetch failed', { cause: error }))).toBe(true)
  expect(isModelFailure(new TypeError('terminated'))).toBe(false)
})

test.each(['status', 'statusCode', 'status_code'])('a response counts for one error with its %s', (name) => {
  noteModelFailure({ status: 429 })
  const error = Object.assign(new Error('limit'), { [name]: 429 })
  expect(isModelFailure(Object.assign(new Error('other'), { [name]: 503 }))).toBe(false)
  expect([isModelFailure(error), isModelFailure(error)]).toEqual([true, true])
  expect(isModelFailure(Object.assign(new Error('limit'), { [name]: 429 }))).toBe(false)
})

test('an error long after the response is another error', () => {
  noteModelFailure({ status: 503 })
  vi.advanceTimersByTime(5_000)
  expect(isModelFailure(Object.assign(new Error('other'), { status: 503 }))).toBe(false)
})

test.each([undefined, null, 'text', new Error('none'), { status: 200 }])('%s is not the error of a call', (error) => {
  noteModelFailure({ status: 503 })
  expect(isModelFailure(error)).toBe(false)
})

test('an error whose getter throws is not the error of a call', () => {
  const get = () => {
    throw new Error('getter')
  }
  expect(isModelFailure(Object.defineProperty(new Error('odd'), 'status', { get }))).toBe(false)
})
