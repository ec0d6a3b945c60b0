import { expect, test } from 'vitest'
import { unref } from './unref.js'

test('timers and servers are unreferenced', () => {
  const timer = setTimeout(() => undefined, 60_000)
  unref(timer)
  expect(timer.hasRef()).toBe(false)
  clearTimeout(timer)
})

test.each([7, undefined, null, {}, { unref: 7 }])('the timer %j of another host is ignored', (timer) => {
  expect(() => unref(timer)).not.toThrow()
})
