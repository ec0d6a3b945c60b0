import type { Recorder } from '@quipu/core'

/** Options of the functions that instrument an object of another library. */
export interface InstrumentOptions {
  /** Default: the recorder of the process. */
  readonly recorder?: Recorder | undefined
}
