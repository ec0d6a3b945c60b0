import { defaultRecorder } from '../default-recorder.js'
import { runUserAction, type UserActionRun } from '../observe/user-action.js'
import type { RecorderChoice } from './feature-metrics.js'

/**
 * Times a user's action: counted when it is created, timed until `end()`, the end of its `using` block, or the end of the
 * function that `run` is given.
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
   * Runs a function as this action. A promise, a generator or a stream that it returns is followed to its end.
   *
   * @returns what `fn` returns; throws what it throws
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
