import type { Store } from '@quipu/store'

/** The parts of a recorder that a group uses. */
export type GroupRecorder = Pick<Store, 'readings' | 'clock' | 'guard' | 'metrics' | 'configure' | 'drop'>
