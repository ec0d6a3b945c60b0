import type { Spool } from '../spool/spool.js'
import { type Batch, bytesInMemory, bytesOnDisk, sumOf } from './batch.js'

/** The undelivered batches, oldest first, and their files. */
export interface BatchList {
  all(): readonly Batch[]
  /** Replaces all batches, but keeps their files. */
  set(batches: readonly Batch[]): void
  remove(batch: Batch): void
  removeFile(batch: Batch): void
  /** Drops batches that are too old and, from the oldest on, those beyond the limits. */
  trim(): void
}

/** Maximum number of bytes of batches in memory: at 2 MB per batch, a quarter of an hour. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024

export function createBatchList(spool: Spool | undefined, onLost: (count: number, why: string) => void): BatchList {
  let batches: readonly Batch[] = []

  function set(next: readonly Batch[]): void {
    batches = next
    spool?.report(sumOf(batches, bytesOnDisk))
  }

  function removeFile(batch: Batch): void {
    if (batch.isOnDisk && batch.file !== undefined) spool?.remove(batch.file)
    batch.isOnDisk = false
  }

  function remove(batch: Batch): void {
    removeFile(batch)
    set(batches.filter((each) => each !== batch))
  }

  function lose(batch: Batch, why: string): void {
    remove(batch)
    onLost(batch.count, why)
  }

  function dropOldest(size: (batch: Batch) => number, max: number, why: string): void {
    // The batch being sent is the oldest. It may be dropped after its attempt has failed.
    const atRest = batches.filter(({ state }) => state !== 'sending')
    let total = sumOf(atRest, size)
    for (const batch of atRest) {
      if (total <= max) return
      if (size(batch) === 0) continue
      total -= size(batch)
      lose(batch, why)
    }
  }

  function trim(): void {
    if (spool !== undefined) {
      const oldest = spool.now() - spool.maxAgeMs
      for (const batch of batches) {
        if (batch.state === 'sending' || batch.file === undefined || batch.file.unixMs >= oldest) continue
        lose(batch, 'the maximum age in the spool is exceeded')
      }
      dropOldest(bytesOnDisk, spool.maxBytes, 'the spool is full')
    }
    dropOldest(bytesInMemory, MAX_WAITING_BYTES, 'the memory limit is exceeded')
  }

  return { all: () => batches, set, remove, removeFile, trim }
}
