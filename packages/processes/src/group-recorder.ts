import type { Store } from '@quipu/store'

/** What a group needs of a recorder. */
export type GroupRecorder = Pick<Store, 'readings' | 'clock' | 'guard' | 'metrics' | 'configure' | 'drop'>
