import { defaultRecorder } from '../default-recorder.js'
import type { RecorderHelpers } from '../observe/create-helpers.js'
import { type FeatureRun, runFeature } from '../observe/feature.js'

/** Which recorder an object records into; the process's own when none is given. */
export interface RecorderChoice {
  readonly recorder?: RecorderHelpers | undefined
}

/**
 * A feature in use: counted when it is created, timed until it ends. `run` sees what its function throws by itself; in a
 * `using` block, which cannot see it, an error counts only when it is passed to `fail`.
 *
 * @example
 * new FeatureMetrics('threat_analysis').run(() => analyze())
 *
 * const feature = new FeatureMetrics('threat_analysis')
 * try { analyze() } catch (error) { feature.fail(error); throw error } finally { feature.end() }
 * function analyze() {}
 */
export class FeatureMetrics implements Disposable {
  readonly #run: FeatureRun

  constructor(name: string, options?: RecorderChoice) {
    this.#run = (options?.recorder ?? defaultRecorder()).startFeature(name)
  }

  /**
   * Runs a function as this use of the feature; whatever it throws counts as an error by its class. A promise, a generator
   * or a stream that it returns is followed to its end. A second run of the same object is not counted.
   *
   * @returns what `fn` returns; throws what it throws
   */
  run<T>(fn: () => T): T {
    return runFeature(this.#run, fn)
  }

  /** The feature failed: counts the error by its class and ends the run. */
  fail(error: unknown): void {
    this.#run.fail(error)
  }

  end(): void {
    this.#run.end()
  }

  [Symbol.dispose](): void {
    this.#run.end()
  }
}
