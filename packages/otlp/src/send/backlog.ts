import type { ExportNotes } from '../export-context.js'
import type { Spool } from '../spool/spool.js'
import { type Batch, leftOnDisk, type NewBatch, queued, sumOf } from './batch.js'
import { type BatchList, createBatchList } from './batch-list.js'
import { createDiskWriter, type DiskWriter, noDisk } from './disk-writer.js'
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

/** How often batches of dead processes are looked for. */
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
      // By the monotonic clock: a step of the wall clock must not put it off.
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
      // Of cumulative points only the spool has a use.
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
    // It was taken, or dropped, while it was being written.
    onOrphan: list.removeFile,
    remove: list.remove,
    onWritten() {
      list.trim()
      list.set(list.all())
    },
    onFailure: (error) => onLost(0, `they were not put on disk: ${error}`),
  })
}

/** No other process exports it again. */
function isForDisk({ isOnDisk, isCumulative }: Batch): boolean {
  return isOnDisk && !isCumulative
}

function isWorthAnAttempt({ isCumulative, error }: Batch): boolean {
  return !isCumulative || error === undefined
}

function removeReplaced(list: BatchList): void {
  for (const batch of list.all()) if (batch.state === 'replaced') list.remove(batch)
}

/** What rests of the last collection is worth keeping until this one is on disk, or delivered. */
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
  // The whole stays on disk until its parts are there.
  if (batch.isOnDisk) await disk.store()
  list.removeFile(batch)
}

/** @returns how many points are lost */
function dropUnstored(list: BatchList): number {
  removeReplaced(list)
  const lost = list.all().filter(({ isOnDisk }) => !isOnDisk)
  // Also one that is being sent: its answer counts no more.
  for (const batch of lost) batch.state = 'resting'
  list.set(list.all().filter(({ isOnDisk }) => isOnDisk))
  return sumOf(lost, ({ count }) => count)
}
