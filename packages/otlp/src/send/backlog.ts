import type { ExportNotes } from '../export-context.js'
import type { Spool } from '../spool/spool.js'
import { type Batch, leftOnDisk, type NewBatch, queued, sumOf } from './batch.js'
import { type BatchList, createBatchList } from './batch-list.js'
import { createDiskWriter, type DiskWriter, noDisk } from './disk-writer.js'
import type { BatchPart } from './halve-body.js'

/** Undelivered batches, oldest first, in memory or in the spool. Both are bounded. */
export interface Backlog {
  /** Adds the batches of one collection. Cumulative ones replace those that rest. */
  push(batches: readonly NewBatch[]): readonly Batch[]
  /** Takes over the files of dead processes, before all other batches. */
  adopt(): Promise<void>
  /** Returns the oldest batch to send. @param onDiskOnly excludes batches that another process exports again */
  next(onDiskOnly: boolean): Batch | undefined
  all(): readonly Batch[]
  /** Drops batches that are too old and, from the oldest on, those beyond the limits. */
  trim(): void
  contentOf(batch: Batch): Promise<Uint8Array | 'gone' | 'corrupt' | 'unreadable'>
  /** Removes a batch that needs no further attempt. */
  remove(batch: Batch): void
  /** Replaces a batch by its parts. */
  replace(batch: Batch, parts: readonly BatchPart[]): Promise<void>
  /** Ends an attempt: the batch waits for the next one. */
  rest(batch: Batch, error: Error): void
  /**
   * Writes batches to disk that exist only in memory. Resolves when they, and all before them, are written or have
   * failed.
   */
  store(): Promise<void>
  /** Writes all batches to disk that are not there, synchronously. */
  storeNow(): void
  /** Resolves when no write is in progress. */
  stored(): Promise<void>
  /** Removes batches that are not on disk, because another process exports them. */
  removeUnstored(): void
  /** Removes batches that a delivered collection has replaced. */
  removeReplaced(): void
  /** Drops everything. @returns the number of lost points */
  close(): number
  held(): number
}

/** Interval of the search for batches of dead processes. */
const ADOPT_EVERY_MS = 60_000

export function createBacklog(
  spool: Spool | undefined,
  notes: ExportNotes | undefined,
  onLost: (count: number, why: string) => void,
): Backlog {
  const list = createBatchList(spool, onLost)
  const disk = spool === undefined ? noDisk : writerOf(list, spool, notes, onLost)
  let adoptedAtMs = Number.NEGATIVE_INFINITY
  return {
    push(batches) {
      replaceResting(list)
      const pushed = batches.map(queued)
      list.set([...list.all(), ...pushed])
      list.trim()
      return pushed
    },
    async adopt() {
      if (spool === undefined || performance.now() - adoptedAtMs < ADOPT_EVERY_MS) return
      // On the monotonic clock, so that a step of the wall clock does not delay it.
      adoptedAtMs = performance.now()
      const left = await spool.adopt()
      list.set([...left.map(leftOnDisk), ...list.all()])
      list.trim()
    },
    next: (onDiskOnly) => list.all().find(onDiskOnly ? isForDisk : isWorthAnAttempt),
    all: list.all,
    trim: list.trim,
    async contentOf({ body, file }) {
      if (body !== undefined) return body
      return spool === undefined || file === undefined ? 'gone' : await spool.read(file)
    },
    remove: list.remove,
    replace: (batch, parts) => replaceByParts(list, disk, batch, parts),
    rest(batch, error) {
      batch.state = 'resting'
      batch.error = error
      // Cumulative points are only useful in the spool.
      if (batch.isOnDisk || (batch.isCumulative && spool === undefined)) batch.body = undefined
    },
    store: disk.store,
    storeNow() {
      removeReplaced(list)
      disk.storeNow()
    },
    stored: disk.stored,
    removeUnstored: () => list.set(list.all().filter(({ isOnDisk, isCumulative }) => isOnDisk || isCumulative)),
    removeReplaced: () => removeReplaced(list),
    close() {
      const lost = dropUnstored(list)
      spool?.close()
      return lost
    },
    held: () => sumOf(list.all(), ({ count, state }) => (state === 'replaced' ? 0 : count)),
  }
}

function writerOf(
  list: BatchList,
  spool: Spool,
  notes: ExportNotes | undefined,
  onLost: (count: number, why: string) => void,
): DiskWriter {
  return createDiskWriter(spool, notes, {
    all: list.all,
    // It was delivered or dropped while it was being written.
    onOrphan: list.removeFile,
    remove: list.remove,
    onWritten() {
      list.trim()
      list.set(list.all())
    },
    onFailure: (error) => onLost(0, `they were not put on disk: ${error}`),
  })
}

/** Whether no other process exports the batch again. */
function isForDisk({ isOnDisk, isCumulative }: Batch): boolean {
  return isOnDisk && !isCumulative
}

function isWorthAnAttempt({ isCumulative, error }: Batch): boolean {
  return !isCumulative || error === undefined
}

function removeReplaced(list: BatchList): void {
  for (const batch of list.all()) if (batch.state === 'replaced') list.remove(batch)
}

/** Batches of the last collection are kept until this one is on disk or delivered. */
function replaceResting(list: BatchList): void {
  removeReplaced(list)
  for (const batch of list.all()) {
    if (!batch.isCumulative || batch.error === undefined) continue
    batch.state = 'replaced'
    if (!batch.isOnDisk) list.remove(batch)
  }
}

async function replaceByParts(
  list: BatchList,
  disk: DiskWriter,
  batch: Batch,
  parts: readonly BatchPart[],
): Promise<void> {
  const halves = parts.map((part): Batch => ({ ...batch, ...part, file: undefined, isOnDisk: false, state: 'queued' }))
  list.set(list.all().flatMap((each) => (each === batch ? halves : [each])))
  // The whole batch stays on disk until its parts are written.
  if (batch.isOnDisk) await disk.store()
  list.removeFile(batch)
}

/** @returns the number of lost points */
function dropUnstored(list: BatchList): number {
  removeReplaced(list)
  const lost = list.all().filter(({ isOnDisk }) => !isOnDisk)
  // Includes the batch that is being sent, whose response no longer counts.
  for (const batch of lost) batch.state = 'resting'
  list.set(list.all().filter(({ isOnDisk }) => isOnDisk))
  return sumOf(lost, ({ count }) => count)
}
