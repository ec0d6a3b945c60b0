import { defaultRecorder } from '../default-recorder.js'
import type { RecorderHelpers } from '../recorder.js'
import type { FeatureRun } from './feature.js'

/** Which recorder an object records into; the process's own when none is given. */
export interface RecorderChoice {
  readonly recorder?: RecorderHelpers | undefined
}

/**
 * A feature in use, for a block (S30): counted when it is made, timed until the block ends. A block does not know how it
 * ended, so an error counts only when it is told by `fail`.
 *
 * @example
 * const feature = new FeatureMetrics('threat_analysis')
 * try { analyze() } catch (error) { feature.fail(error); throw error } finally { feature.end() }
 * function analyze() {}
 */
export class FeatureMetrics implements Disposable {
  readonly #run: FeatureRun

  constructor(name: string, options?: RecorderChoice) {
    this.#run = (options?.recorder ?? defaultRecorder()).startFeature(name)
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
