import { follow } from './follow.js'
import type { Recording } from './recording.js'
import { startTimer } from './timer.js'

/** An action of a user in progress, timed until its first end. */
export interface UserActionRun extends Disposable {
  end(): void
}

/** Counts an action of a user and times it until its end. */
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

/** Runs a function as an action of a user. */
export function withUserAction<T>(recording: Recording, action: string, fn: () => T): T {
  return runUserAction(startUserAction(recording, action), fn)
}

/** Runs a function as an action that was already started. */
export function runUserAction<T>(run: UserActionRun, fn: () => T): T {
  return follow(fn, ({ kind }) => {
    if (kind !== 'collected') run.end()
  })
}
