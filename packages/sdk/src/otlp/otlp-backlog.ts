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
  /** Being written. */
  writing: Promise<unknown> | undefined
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
  /** Puts one at the end. What nothing else will say is on its way to the disk from now on. */
  push(batch: Pick<Waiting, 'count' | 'encoding' | 'isReplaced'> & { readonly body: Uint8Array }): Waiting
  /** A collection begins: what did not get through of the last one will be said again, of that before it has been. */
  begin(): void
  /** Takes over what dead processes have left, before everything else. */
  adopt(): void
  /** The oldest that is worth an attempt. */
  next(): Waiting | undefined
  all(): readonly Waiting[]
  /** Makes room: drops what is too old and, from the oldest on, what is too much. */
  trim(): void
  contentOf(batch: Waiting): Promise<Uint8Array | 'gone' | 'corrupt'>
  /** It needs to be sent no more. */
  settle(batch: Waiting): void
  /** It waits for another time: on disk alone, when it is there. */
  rest(batch: Waiting, error: Error): void
  /** Puts everything on disk, synchronously, that is not there. */
  writeNow(): void
  /** Resolves when nothing is being written any more. */
  written(): Promise<unknown>
  /** Lets go of everything. @returns how many points are lost by it */
  close(): number
  held(): number
}

/** Most bytes of batches that wait in memory: at 2 MB a batch, a quarter of an hour of them. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024

export function createOtlpBacklog(spool: Spool | undefined, onLost: (count: number, why: string) => void): OtlpBacklog {
  let waiting: Waiting[] = []
  const writes = new Set<Promise<unknown>>()
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

  /** A batch that is larger than the spool may be would only push out the others. */
  const reserve = ({ count, encoding }: Waiting, body: Uint8Array): SpoolFile | undefined =>
    spool !== undefined && body.length < spool.maxBytes ? spool.reserve(body, count, encoding) : undefined

  function secure(batch: Waiting, body: Uint8Array): void {
    if (spool === undefined || batch.isOnDisk || batch.writing !== undefined) return
    batch.file ??= reserve(batch, body)
    const { file } = batch
    if (file === undefined) return
    const writing = spool.write(file, body).then((isWritten) => {
      writes.delete(writing)
      batch.isOnDisk ||= isWritten
      batch.writing = undefined
      // It was taken while it was being written.
      if (!waiting.includes(batch)) removeFile(batch)
      if (isWritten && batch.error !== undefined) batch.body = undefined
      trim()
      report()
    })
    batch.writing = writing
    writes.add(writing)
  }

  function removeStale(): void {
    for (const batch of waiting) if (batch.isStale) without(batch)
  }

  return {
    push({ body, ...rest }) {
      const batch: Waiting = { ...fresh, ...rest, body }
      waiting.push(batch)
      if (!batch.isReplaced) secure(batch, body)
      return batch
    },
    begin() {
      removeStale()
      for (const batch of waiting) {
        if (!batch.isReplaced || batch.error === undefined) continue
        batch.isStale = true
        if (!batch.isOnDisk && batch.writing === undefined) without(batch)
      }
    },
    next: () => waiting.find(({ isReplaced, error }) => !(isReplaced && error !== undefined)),
    adopt() {
      if (spool === undefined || spool.now() - adoptedAtMs < ADOPT_EVERY_MS) return
      adoptedAtMs = spool.now()
      const found = spool
        .adopt()
        .map((file) => ({ ...fresh, ...file, file, isOnDisk: true, isHeld: true, isReplaced: false }))
      waiting.unshift(...found)
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
      if (batch.isReplaced && batch.body !== undefined) secure(batch, batch.body)
      if (batch.isOnDisk || (batch.isReplaced && batch.writing === undefined)) batch.body = undefined
    },
    writeNow() {
      removeStale()
      for (const batch of waiting) {
        if (spool === undefined || batch.isOnDisk || batch.body === undefined) continue
        batch.file ??= reserve(batch, batch.body)
        batch.isOnDisk = batch.file !== undefined && spool.writeNow(batch.file, batch.body)
      }
      trim()
      report()
    },
    written: () => Promise.all(writes),
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

/** A process that dies leaves its batches to the others: they look that often. */
const ADOPT_EVERY_MS = 60_000

const fresh: Omit<Waiting, 'count' | 'encoding' | 'isReplaced'> = {
  body: undefined,
  isOnDisk: false,
  writing: undefined,
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
