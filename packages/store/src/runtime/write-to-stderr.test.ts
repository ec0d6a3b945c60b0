import { PassThrough, Writable } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import { writeToStderr } from './write-to-stderr.js'

afterEach(() => vi.unstubAllGlobals())

const failing = (): Writable =>
  new Writable({ autoDestroy: false, write: (_chunk, _encoding, done) => done(new Error('EPIPE')) })

test('the error of a line on a stream that another one is piped into is handled', async () => {
  const stderr = failing()
  new PassThrough().pipe(stderr)
  vi.stubGlobal('process', { stderr })
  writeToStderr('one')
  await new Promise(setImmediate)
  expect(stderr.listenerCount('error')).toBe(0)
})

test('the listeners of the host get the error', async () => {
  const stderr = failing()
  const listener = vi.fn()
  stderr.on('error', listener)
  vi.stubGlobal('process', { stderr })
  writeToStderr('one')
  await new Promise(setImmediate)
  expect(listener).toHaveBeenCalledOnce()
  expect(stderr.listenerCount('error')).toBe(1)
})

test('without a stream the console has the line', () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  vi.stubGlobal('process', undefined)
  writeToStderr('one')
  expect(error.mock.calls).toEqual([['one']])
  error.mockRestore()
})
