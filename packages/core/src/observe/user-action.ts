import { follow } from './follow.js'
import type { Recording } from './recording.js'
import { startTimer } from './timer.js'

/** A user's action under way: timed until it ends, once. */
export interface UserActionRun extends Disposable {
  end(): void
}

/** Counts a user's action (S24) and times it until it ends (S25). */
export function startUserAction(recording: Recording, action: string): UserActionRun {
  recording.write('user_action_total', 1, { action_type: action })
  const elapsedMs = startTimer(recording)
  let open = true
  const end = (): void => {
    if (!open) return
    open = false
    recording.write('user_action_duration_seconds', elapsedMs() / 1000, { action_type: action })
  }
  return { end, [Symbol.dispose]: end }
}

/** Runs a function as a user's action; returns and throws what it does. */
export function withUserAction<T>(recording: Recording, action: string, fn: () => T): T {
  return runUserAction(startUserAction(recording, action), fn)
}

/** Runs a function as an action that has been started; returns and throws what the function does. */
export function runUserAction<T>(run: UserActionRun, fn: () => T): T {
  return follow(fn, ({ kind }) => {
    if (kind !== 'collected') run.end()
  })
}
