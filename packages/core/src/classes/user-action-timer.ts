import { defaultRecorder } from '../default-recorder.js'
import { runUserAction, type UserActionRun } from '../observe/user-action.js'
import type { RecorderChoice } from './feature-metrics.js'

/**
 * Times an action of a user: counted when created, timed until `end()`, the end of its `using` block, or the end of the
 * function passed to `run`.
 *
 * @example
 * await new UserActionTimer('document_upload').run(async () => undefined)
 *
 * const timer = new UserActionTimer('document_upload')
 * timer.end()
 */
export class UserActionTimer implements Disposable {
  readonly #run: UserActionRun

  constructor(action: string, options?: RecorderChoice) {
    this.#run = (options?.recorder ?? defaultRecorder()).startUserAction(action)
  }

  /**
   * Runs a function as this action. A returned promise, generator or stream is followed to its end.
   *
   * @param fn the function to run
   * @returns the result of `fn`; throws its errors
   */
  run<T>(fn: () => T): T {
    return runUserAction(this.#run, fn)
  }

  end(): void {
    this.#run.end()
  }

  [Symbol.dispose](): void {
    this.#run.end()
  }
}
