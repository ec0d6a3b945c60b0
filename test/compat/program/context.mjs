import { createRecorder, withUser } from '@quipu/core'
import { equal } from './checks.mjs'

const turn = () => new Promise((resolve) => setTimeout(resolve, 1))

function heard() {
  const recorder = createRecorder({ activityLog: true })
  const users = []
  recorder.onActivity(({ user }) => void users.push(user))
  return { recorder, users }
}

/** The user follows asynchronous calls if the runtime supports it, and is never a different user. */
export async function contextChecks({ check }, { asyncContext }) {
  await check('a user is known in the synchronous part of a call', () => {
    const { recorder, users } = heard()
    withUser('a@example.com', () => recorder.trackError('timeout'))
    recorder.trackError('timeout')
    equal(users, ['a@example.com', null])
  })
  await check('users that interleave are not mixed up', async () => {
    const { recorder, users } = heard()
    await Promise.all(
      ['a', 'b', 'c'].map((user) =>
        withUser(user, async () => {
          await turn()
          recorder.trackError('timeout')
        }),
      ),
    )
    equal(users, asyncContext ? ['a', 'b', 'c'] : [null, null, null])
  })
}
