import { afterEach, expect, test, vi } from 'vitest'
import type { ActivityEvent } from '../activity/activity.js'
import { createRecorder } from '../create-recorder.js'

afterEach(() => void vi.useRealTimers())

function recorded() {
  const recorder = createRecorder({ activityLog: true })
  const users: unknown[] = []
  recorder.onActivity(({ user }: ActivityEvent) => users.push(user))
  return { recorder, users }
}

test('a user is looked up when the first line needs one, and once', () => {
  const { recorder, users } = recorded()
  const find = vi.fn(() => 'a@example.com')
  recorder.withUser(find, () => {
    recorder.trackUserAction('export_report')
    expect(find).not.toHaveBeenCalled()
    recorder.trackError('timeout')
    recorder.trackError('timeout')
  })
  expect([users, find.mock.calls.length]).toEqual([['a@example.com', 'a@example.com'], 1])
})

test('lines wait for a user that is found later, also those of calls that outlive the work', async () => {
  const { recorder, users } = recorded()
  let found = (_name: string): void => undefined
  const pending = new Promise<string>((resolve) => {
    found = resolve
  })
  const call = recorder.withUser(
    () => pending,
    () => {
      recorder.trackError('timeout')
      return recorder.startLlmCall({ model: 'm', endpoint: 'chat' })
    },
  )
  call.end()
  expect(users).toEqual([])
  found('b@example.com')
  await expect.poll(() => users).toEqual(['b@example.com', 'b@example.com'])
  recorder.withUser(
    () => pending,
    () => recorder.trackError('timeout'),
  )
  await expect.poll(() => users).toHaveLength(3)
})

test.each([
  [
    'throws',
    () => {
      throw new Error('secret')
    },
  ],
  ['rejects', () => Promise.reject(new Error('secret'))],
  ['resolves with no name', () => Promise.resolve({ secret: 1 })],
  ['gives undefined', () => undefined],
])('a look-up that %s leaves the user unknown, and the line is written', async (_name, find) => {
  const { recorder, users } = recorded()
  recorder.withUser(find as never, () => recorder.trackError('timeout'))
  await expect.poll(() => users).toEqual([null])
})

test('a look-up that takes longer than half a second leaves the user unknown', () => {
  vi.useFakeTimers()
  const { recorder, users } = recorded()
  recorder.withUser(
    () => new Promise(() => undefined),
    () => recorder.trackError('timeout'),
  )
  vi.advanceTimersByTime(499)
  expect(users).toEqual([])
  return vi.advanceTimersByTimeAsync(1).then(() => expect(users).toEqual([null]))
})

test('at the end of the process lines no longer wait, and are written once', async () => {
  const { recorder, users } = recorded()
  let found = (_name: string): void => undefined
  recorder.withUser(
    () =>
      new Promise<string>((resolve) => {
        found = resolve
      }),
    () => recorder.trackError('timeout'),
  )
  recorder.recordPending()
  expect(users).toEqual([null])
  found('c@example.com')
  await new Promise((resolve) => setImmediate(resolve))
  expect(users).toEqual([null])
})

test('a look-up that writes lines does not call itself', () => {
  const { recorder, users } = recorded()
  const find = (): string => {
    recorder.trackError('timeout')
    return 'd@example.com'
  }
  recorder.withUser(find, () => recorder.trackError('timeout'))
  expect(users).toEqual([null, 'd@example.com'])
})

test('while the activity log is off no user is looked up', () => {
  const recorder = createRecorder({ activityLog: false })
  const find = vi.fn(() => 'a')
  recorder.withUser(find, () => recorder.trackError('timeout'))
  expect(find).not.toHaveBeenCalled()
})
