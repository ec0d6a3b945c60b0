import type { Recorder } from '@quipu/core'

/** What a group needs of a recorder. */
export type GroupRecorder = Pick<Recorder, 'readings' | 'clock' | 'guard' | 'metrics' | 'configure' | 'drop'>
