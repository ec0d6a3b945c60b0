import type { ExportNotes } from '../export-context.js'
import type { Spool } from '../spool/spool.js'
import { type Batch, bytesInMemory, bytesOnDisk, leftOnDisk, type NewBatch, queued, sumOf } from './batch.js'
import { createDiskWriter, noDisk } from './disk-writer.js'
import type { BatchPart } from './halve-body.js'

/** Undelivered batches, oldest first: in memory, or on disk where there is a spool. Both are bounded. */
export interface Backlog {
  /** Adds the batches of one collection. Cumulative ones replace those that rest. */
  push(batches: readonly NewBatch[]): readonly Batch[]
  /** Takes over what dead processes have left on disk, before everything else. */
  adopt(): Promise<void>
  /** The oldest batch that is worth an attempt. @param onDiskOnly leaves out what another process exports again */
  next(onDiskOnly: boolean): Batch | undefined
  all(): readonly Batch[]
  /** Drops what is too old and, from the oldest on, what is too much. */
  trim(): void
  contentOf(batch: Batch): Promise<Uint8Array | 'gone' | 'corrupt' | 'unreadable'>
  /** Removes a batch that needs no further attempt. */
  remove(batch: Batch): void
  /** Puts parts of a batch in its place. */
  replace(batch: Batch, parts: readonly BatchPart[]): Promise<void>
  /** Ends an attempt: the batch waits for another. */
  rest(batch: Batch, error: Error): void
  /** Writes to disk what nothing else has. Resolves when that, and all before it, is done or has failed. */
  store(): Promise<void>
  /** Writes everything to disk that is not there, synchronously. */
  storeNow(): void
  /** Resolves when nothing is being written any more. */
  stored(): Promise<void>
  /** Removes what is not on disk: another process exports it. */
  removeUnstored(): void
  /** Removes what a delivered collection has replaced. */
  removeReplaced(): void
  /** Lets go of everything. @returns how many points are lost by it */
  close(): number
  held(): number
}

/** Most bytes of batches that wait in memory: at 2 MB a batch, a quarter of an hour of them. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024
/** How often batches of dead processes are looked for. */
const ADOPT_EVERY_MS = 60_000

export function createBacklog(
  spool: Spool | undefined,
  notes: ExportNotes | undefined,
  onLost: (count: number, why: string) => void,
): Backlog {
  let waiting: readonly Batch[] = []
  let adoptedAtMs = Number.NEGATIVE_INFINITY

  const report = (): void => spool?.report(sumOf(waiting, bytesOnDisk))

  function remove(batch: Batch): void {
    waiting = waiting.filter((each) => each !== batch)
    removeFile(batch)
    report()
  }

  function removeFile(batch: Batch): void {
    if (batch.isOnDisk && batch.file !== undefined) spool?.remove(batch.file)
    batch.isOnDisk = false
  }

  const onDisk = {
    all: () => waiting,
    // It was taken, or dropped, while it was being written.
    onOrphan: removeFile,
    remove,
    onWritten() {
      trim()
      report()
    },
    onFailure: (error: unknown) => onLost(0, `they were not put on disk: ${error}`),
  }
  const disk = spool === undefined ? noDisk : createDiskWriter(spool, notes, onDisk)

  function lose(batch: Batch, why: string): void {
    remove(batch)
    onLost(batch.count, why)
  }

  function dropOldest(size: (batch: Batch) => number, max: number, why: string): void {
    // The one that is being sent is the oldest: its turn comes when its attempt has failed.
    const atRest = waiting.filter(({ state }) => state !== 'sending')
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
      for (const batch of waiting) {
        if (batch.state === 'sending' || batch.file === undefined || batch.file.unixMs >= oldest) continue
        lose(batch, 'the spool has kept them for as long as it may')
      }
      dropOldest(bytesOnDisk, spool.maxBytes, 'the spool is full')
    }
    dropOldest(bytesInMemory, MAX_WAITING_BYTES, 'too much waits in memory')
  }

  function removeReplaced(): void {
    for (const batch of waiting) if (batch.state === 'replaced') remove(batch)
  }

  /** What rests of the last collection is worth keeping until this one is on disk, or delivered. */
  function replaceResting(): void {
    removeReplaced()
    for (const batch of waiting) {
      if (!batch.isCumulative || batch.error === undefined) continue
      batch.state = 'replaced'
      if (!batch.isOnDisk) remove(batch)
    }
  }

  return {
    push(batches) {
      replaceResting()
      const pushed = batches.map(queued)
      waiting = [...waiting, ...pushed]
      trim()
      return pushed
    },
    async adopt() {
      if (spool === undefined || performance.now() - adoptedAtMs < ADOPT_EVERY_MS) return
      // By the monotonic clock: a step of the wall clock must not put it off.
      adoptedAtMs = performance.now()
      waiting = [...(await spool.adopt()).map(leftOnDisk), ...waiting]
      trim()
      report()
    },
    next: (onDiskOnly) =>
      waiting.find(({ isCumulative, error, isOnDisk }) =>
        onDiskOnly ? isOnDisk && !isCumulative : !isCumulative || error === undefined,
      ),
    all: () => waiting,
    trim,
    async contentOf({ body, file }) {
      if (body !== undefined) return body
      return spool === undefined || file === undefined ? 'gone' : await spool.read(file)
    },
    remove,
    async replace(batch, parts) {
      const halves = parts.map(
        (part): Batch => ({ ...batch, ...part, file: undefined, isOnDisk: false, state: 'queued' }),
      )
      waiting = waiting.flatMap((each) => (each === batch ? halves : [each]))
      // The whole stays on disk until its parts are there.
      if (batch.isOnDisk) await disk.store()
      removeFile(batch)
      report()
    },
    rest(batch, error) {
      batch.state = 'resting'
      batch.error = error
      // Of cumulative points only the spool has a use.
      if (batch.isOnDisk || (batch.isCumulative && spool === undefined)) batch.body = undefined
    },
    store: disk.store,
    storeNow() {
      removeReplaced()
      disk.storeNow()
    },
    stored: disk.stored,
    removeUnstored() {
      waiting = waiting.filter(({ isOnDisk, isCumulative }) => isOnDisk || isCumulative)
    },
    removeReplaced,
    close() {
      removeReplaced()
      const lost = waiting.filter(({ isOnDisk }) => !isOnDisk)
      // Also one that is being sent: its answer counts no more.
      for (const batch of lost) batch.state = 'resting'
      waiting = waiting.filter(({ isOnDisk }) => isOnDisk)
      report()
      spool?.close()
      return sumOf(lost, ({ count }) => count)
    },
    held: () => sumOf(waiting, ({ count, state }) => (state === 'replaced' ? 0 : count)),
  }
}
