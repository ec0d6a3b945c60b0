import type { ExportNotes } from '../export-context.js'
import type { Spool, SpoolFile } from '../spool/spool.js'
import type { Encoding } from '../spool/spool-file.js'

/** A batch that no back end has taken yet. */
export interface Waiting {
  readonly count: number
  readonly encoding: Encoding
  /** Undefined when it is on disk only. */
  body: Uint8Array | undefined
  file: SpoolFile | undefined
  isOnDisk: boolean
  isSending: boolean
  /** Whether it was counted as held. */
  isHeld: boolean
  /** Why it did not get through, of late. */
  error: Error | undefined
  /** Whether the next collection says it all once more (cumulative points); otherwise nothing else will. */
  readonly isReplaced: boolean
  /** A later collection has begun. */
  isStale: boolean
}

/** Batches in the order of their times: in memory, or on disk where there is a spool; both are bounded. */
export interface OtlpBacklog {
  /** Puts those of one collection at the end. What did not get through of the one before it is said by it again, if it is. */
  push(batches: readonly Pick<Waiting, 'count' | 'encoding' | 'isReplaced' | 'body'>[]): readonly Waiting[]
  /** Takes over what dead processes have left, before everything else. */
  adopt(): Promise<void>
  /** The oldest that is worth an attempt. @param onDiskOnly without what somebody else tells again */
  next(onDiskOnly: boolean): Waiting | undefined
  all(): readonly Waiting[]
  /** Makes room: drops what is too old and, from the oldest on, what is too much. */
  trim(): void
  contentOf(batch: Waiting): Promise<Uint8Array | 'gone' | 'corrupt' | 'unreadable'>
  /** It needs to be sent no more. */
  settle(batch: Waiting): void
  /** It waits for another time. */
  rest(batch: Waiting, error: Error): void
  /** Puts on disk what nothing else will say. Resolves when that, and all before it, is done or has failed. */
  store(): Promise<void>
  /** Puts everything on disk, synchronously, that is not there. */
  storeNow(): void
  /** Resolves when nothing is being written any more. */
  stored(): Promise<void>
  /** Another tells what is not on disk. */
  disown(): void
  /** What was said again is delivered. */
  removeStale(): void
  /** Lets go of everything. @returns how many points are lost by it */
  close(): number
  held(): number
}

/** Most bytes of batches that wait in memory: at 2 MB a batch, a quarter of an hour of them. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024

export function createOtlpBacklog(
  spool: Spool | undefined,
  notes: ExportNotes | undefined,
  onLost: (count: number, why: string) => void,
): OtlpBacklog {
  let waiting: readonly Waiting[] = []
  let writing: Promise<void> = Promise.resolve()
  let adoptedAtMs = Number.NEGATIVE_INFINITY

  const report = (): void => spool?.report(sumOf(waiting, bytesOnDisk))

  function removeFile(batch: Waiting): void {
    if (batch.isOnDisk && batch.file !== undefined) spool?.remove(batch.file)
    batch.isOnDisk = false
  }

  function without(batch: Waiting): void {
    waiting = waiting.filter((each) => each !== batch)
    removeFile(batch)
    report()
  }

  function dropOldest(size: (batch: Waiting) => number, max: number, why: string): void {
    // The one that is being sent is the oldest: its turn comes when it has not got through.
    const atRest = waiting.filter(({ isSending }) => !isSending)
    let total = sumOf(atRest, size)
    for (const batch of atRest) {
      if (total <= max) return
      if (size(batch) === 0) continue
      total -= size(batch)
      without(batch)
      onLost(batch.count, why)
    }
  }

  function trim(): void {
    if (spool !== undefined) {
      const oldest = spool.now() - spool.maxAgeMs
      for (const batch of waiting) {
        if (batch.isSending || batch.file === undefined || batch.file.unixMs >= oldest) continue
        without(batch)
        onLost(batch.count, 'the spool has kept them for as long as it may')
      }
      dropOldest(bytesOnDisk, spool.maxBytes, 'the spool is full')
    }
    dropOldest(bytesInMemory, MAX_WAITING_BYTES, 'too much waits in memory')
  }

  /** With a place on disk each. One that is larger than the spool may be gets none: it would only push out the others. */
  function placed(batches: readonly Waiting[]): readonly Placed[] {
    if (spool === undefined) return []
    return batches.flatMap((batch) => {
      const { body, count, encoding } = batch
      if (batch.isOnDisk || body === undefined) return []
      if (body.length < spool.maxBytes) batch.file ??= spool.reserve(body, count, encoding)
      return batch.file === undefined ? [] : [{ batch, file: batch.file, body }]
    })
  }

  const noted = (places: readonly Placed[]): boolean => notes?.storing(places.map(({ file }) => file.path)) === true

  /** It is on disk, but was taken, or dropped, while it was being written. */
  function keep(batch: Waiting): void {
    batch.isOnDisk = true
    if (!waiting.includes(batch)) removeFile(batch)
    else if (batch.error !== undefined) batch.body = undefined
  }

  async function write(): Promise<void> {
    const unsaid = waiting.filter(({ isReplaced, error }) => !isReplaced || error !== undefined)
    const places = placed(unsaid)
    if (spool === undefined || places.length === 0) return
    const isNoted = noted(places)
    const written: Waiting[] = []
    for (const { batch, file, body } of places) {
      // In order, so that what is in memory is newer than what is on disk.
      if (!(await spool.write(file, body))) break
      written.push(batch)
    }
    if (isNoted && written.length < places.length) {
      // Told is all of a collection or nothing.
      for (const { batch, file } of places) if (!batch.isOnDisk) spool.remove(file)
      notes?.sending()
    } else {
      const isOurs = !isNoted || notes?.stored() !== false
      for (const batch of written) keep(batch)
      if (!isOurs) for (const batch of written) without(batch)
    }
    trim()
    report()
  }

  function removeStale(): void {
    for (const batch of waiting) if (batch.isStale) without(batch)
  }

  /** What did not get through of the last collection is worth keeping until this one is on disk, or delivered. */
  function begin(): void {
    removeStale()
    for (const batch of waiting) {
      if (!batch.isReplaced || batch.error === undefined) continue
      batch.isStale = true
      if (!batch.isOnDisk) without(batch)
    }
  }

  return {
    push(batches) {
      begin()
      const pushed = batches.map((batch): Waiting => ({ ...fresh, ...batch }))
      waiting = [...waiting, ...pushed]
      trim()
      return pushed
    },
    next: (onDiskOnly) =>
      waiting.find(({ isReplaced, error, isOnDisk }) =>
        onDiskOnly ? isOnDisk && !isReplaced : !isReplaced || error === undefined,
      ),
    async adopt() {
      if (spool === undefined || performance.now() - adoptedAtMs < ADOPT_EVERY_MS) return
      // A step of the wall clock must not put it off.
      adoptedAtMs = performance.now()
      const files = await spool.adopt()
      const found = files.map((file) => ({ ...fresh, ...file, file, isOnDisk: true, isHeld: true, isReplaced: false }))
      waiting = [...found, ...waiting]
      trim()
      report()
    },
    all: () => waiting,
    trim,
    async contentOf({ body, file }) {
      if (body !== undefined) return body
      return spool === undefined || file === undefined ? 'gone' : await spool.read(file)
    },
    settle: without,
    rest(batch, error) {
      batch.isSending = false
      batch.error = error
      // Of cumulative points only the spool has a use.
      if (batch.isOnDisk || (batch.isReplaced && spool === undefined)) batch.body = undefined
    },
    store() {
      writing = writing.then(write).catch((error: unknown) => onLost(0, `they were not put on disk: ${error}`))
      return writing
    },
    storeNow() {
      removeStale()
      const places = placed(waiting)
      if (spool === undefined || places.length === 0) return
      const isNoted = noted(places)
      const written = places.filter(({ file, body }) => spool.writeNow(file, body))
      for (const { batch } of written) keep(batch)
      // Half of it on disk stays noted as being stored: whoever goes on takes it back and tells it all.
      if (isNoted && written.length === places.length && notes?.stored() === false) {
        for (const { batch } of written) without(batch)
      }
      trim()
      report()
    },
    stored: () => writing,
    disown() {
      waiting = waiting.filter(({ isOnDisk, isReplaced }) => isOnDisk || isReplaced)
    },
    removeStale,
    close() {
      removeStale()
      const lost = waiting.filter(({ isOnDisk }) => !isOnDisk)
      waiting = waiting.filter(({ isOnDisk }) => isOnDisk)
      report()
      spool?.close()
      return sumOf(lost, ({ count }) => count)
    },
    held: () => sumOf(waiting, ({ count, isStale }) => (isStale ? 0 : count)),
  }
}

interface Placed {
  readonly batch: Waiting
  readonly file: SpoolFile
  readonly body: Uint8Array
}

/** A process that dies leaves its batches to the others: they look that often. */
const ADOPT_EVERY_MS = 60_000

const fresh: Omit<Waiting, 'count' | 'encoding' | 'isReplaced'> = {
  body: undefined,
  isOnDisk: false,
  isSending: false,
  isHeld: false,
  error: undefined,
  isStale: false,
  file: undefined,
}

const bytesOnDisk = ({ isOnDisk, file }: Waiting): number => (isOnDisk ? (file?.bytes ?? 0) : 0)
const bytesInMemory = ({ isOnDisk, body }: Waiting): number => (isOnDisk ? 0 : (body?.length ?? 0))

function sumOf(batches: readonly Waiting[], of: (batch: Waiting) => number): number {
  return batches.reduce((sum, batch) => sum + of(batch), 0)
}
