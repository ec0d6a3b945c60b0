import type { Recorder } from '@quipu/core'

/** Options of `instrument`. */
export interface InstrumentOptions {
  /**
   * Records this client's calls. Default: the recorders that observe all calls, otherwise the process's default
   * recorder.
   */
  readonly recorder?: Recorder | undefined
  /** Name of these calls in the application. Default: the attributed feature, otherwise the operation. */
  readonly endpoint?: string | undefined
}
