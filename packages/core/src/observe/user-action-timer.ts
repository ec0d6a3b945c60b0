import { defaultRecorder } from '../default-recorder.js'
import type { RecorderChoice } from './feature-metrics.js'
import type { UserActionRun } from './user-action.js'

/**
 * Times a user's action for a block (S37): counted when it is made, timed until the block ends or `end()` is called.
 *
 * @example
 * const timer = new UserActionTimer('document_upload')
 * timer.end()
 */
export class UserActionTimer implements Disposable {
  readonly #run: UserActionRun

  constructor(action: string, options?: RecorderChoice) {
    this.#run = (options?.recorder ?? defaultRecorder()).startUserAction(action)
  }

  end(): void {
    this.#run.end()
  }

  [Symbol.dispose](): void {
    this.#run.end()
  }
}
