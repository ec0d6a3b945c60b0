import type { ExportNotes } from '../export-context.js'
import type { Spool } from '../spool/spool.js'
import type { SpoolFile } from '../spool/spool-file.js'
import type { Batch } from './batch.js'

/** Writes batches to the spool, with notes for the process that leads next. */
export interface DiskWriter {
  /** Writes batches that exist only in memory. Resolves when they, and all before them, are written. */
  store(): Promise<void>
  /** Writes all batches that are not on disk, synchronously. */
  storeNow(): void
  /** Resolves when no write is in progress. */
  stored(): Promise<void>
}

interface Batches {
  all(): readonly Batch[]
  /** Called when a written batch is no longer in the backlog. */
  onOrphan(batch: Batch): void
  remove(batch: Batch): void
  onWritten(): void
  onFailure(error: unknown): void
}

interface Place {
  readonly batch: Batch
  readonly file: SpoolFile
  readonly body: Uint8Array
}

const nothing = async (): Promise<void> => undefined
/** Used without a spool. */
export const noDisk: DiskWriter = { store: nothing, storeNow: () => undefined, stored: nothing }

export function createDiskWriter(spool: Spool, notes: ExportNotes | undefined, batches: Batches): DiskWriter {
  let writing: Promise<void> = Promise.resolve()

  function keep(batch: Batch): void {
    batch.isOnDisk = true
    if (!batches.all().includes(batch)) batches.onOrphan(batch)
    else if (batch.error !== undefined) batch.body = undefined
  }

  async function write(): Promise<void> {
    const places = placesFor(spool, batches.all().filter(isOnlyHere))
    if (places.length === 0) return
    const isNoted = noteStoring(notes, places)
    const written: Batch[] = []
    for (const { batch, file, body } of places) {
      // In order, so that batches in memory are newer than those on disk.
      if (!(await spool.write(file, body))) break
      written.push(batch)
    }
    if (isNoted && written.length < places.length) {
      // A collection is noted as exported completely or not at all.
      for (const { batch, file } of places) if (!batch.isOnDisk) spool.remove(file)
      notes?.sending()
    } else {
      const isOurs = !isNoted || notes?.stored() !== false
      for (const batch of written) keep(batch)
      if (!isOurs) for (const batch of written) batches.remove(batch)
    }
    batches.onWritten()
  }

  return {
    store() {
      writing = writing.then(write).catch(batches.onFailure)
      return writing
    },
    stored: () => writing,
    storeNow() {
      const places = placesFor(spool, batches.all())
      if (places.length === 0) return
      const isNoted = noteStoring(notes, places)
      const written = places.filter(({ file, body }) => spool.writeNow(file, body))
      for (const { batch } of written) keep(batch)
      // A collection that is partly on disk stays noted as being stored: the next leader removes the files and exports
      // it again.
      if (isNoted && written.length === places.length && notes?.stored() === false) {
        for (const { batch } of written) batches.remove(batch)
      }
      batches.onWritten()
    },
  }
}

/** Whether no later collection contains the batch. */
function isOnlyHere({ isCumulative, error }: Batch): boolean {
  return !isCumulative || error !== undefined
}

/**
 * Reserves a file for each batch. A batch larger than the whole spool gets none, because it would displace all others.
 */
function placesFor(spool: Spool, batches: readonly Batch[]): readonly Place[] {
  return batches.flatMap((batch) => {
    const { body, count, encoding } = batch
    if (batch.isOnDisk || body === undefined) return []
    if (body.length < spool.maxBytes) batch.file ??= spool.reserve(body, count, encoding)
    return batch.file === undefined ? [] : [{ batch, file: batch.file, body }]
  })
}

function noteStoring(notes: ExportNotes | undefined, places: readonly Place[]): boolean {
  return notes?.storing(places.map(({ file }) => file.path)) === true
}
