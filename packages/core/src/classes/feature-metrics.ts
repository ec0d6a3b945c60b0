import { defaultRecorder } from '../default-recorder.js'
import type { RecorderHelpers } from '../observe/create-helpers.js'
import { type FeatureRun, runFeature } from '../observe/feature.js'

/** The recorder of an object. Default: the recorder of the process. */
export interface RecorderChoice {
  readonly recorder?: RecorderHelpers | undefined
}

/**
 * A use of a feature: counted when created, timed until its end. `run` counts errors of its function. A `using` block
 * cannot detect errors; pass them to `fail`.
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
   * Runs a function as this use of the feature and counts its error by class. A returned promise, generator or stream
   * is followed to its end. A second run of the same object is not counted.
   *
   * @param fn the function to run
   * @returns the result of `fn`; throws its errors
   */
  run<T>(fn: () => T): T {
    return runFeature(this.#run, fn)
  }

  /** Counts an error of the feature by its class and ends the run. */
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
