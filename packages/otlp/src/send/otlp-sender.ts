import type { IOtlpExportDelegate } from '@opentelemetry/otlp-exporter-base'
import type { ISerializer } from '@opentelemetry/otlp-transformer'
import type { ExportNotes } from '../export-context.js'
import type { Spool } from '../spool/spool.js'
import type { Encoding } from '../spool/spool-file.js'
import type { OtlpTransport } from '../transport/http-transport.js'
import type { ExportLedger } from './export-ledger.js'
import { createOtlpBacklog, type Waiting } from './otlp-backlog.js'
import { type PartialSuccess, rejectionIn } from './partial-success.js'

export interface OtlpSenderOptions<Batch> {
  readonly serializer: ISerializer<Batch, { readonly partialSuccess?: PartialSuccess | undefined }>
  readonly encoding: Encoding
  readonly transport: OtlpTransport
  readonly ledger: ExportLedger
  readonly countOf: (batch: Batch) => number
  /** Whether another process of the group pushes, from where this one ended. */
  readonly isMuted?: () => boolean
  /** Cuts what is exported into requests. */
  readonly split?: ((batch: Batch) => readonly Batch[]) | undefined
  /** Notes of what was told, where another process may go on. */
  readonly notes?: ExportNotes | undefined
  /**
   * What becomes of a batch that did not get through. `repeat`: it is kept and sent before the next one, since nothing
   * else will say it again (delta points, log records). `replace`: the next batch says it all once more (cumulative).
   */
  readonly undelivered: 'repeat' | 'replace'
  /** Where undelivered batches wait, instead of in memory. */
  readonly spool?: Spool | undefined
}

/** Sends batches for one of OpenTelemetry's exporters, and keeps account of every point of them. */
export interface OtlpSender<Batch> extends IOtlpExportDelegate<Batch> {
  /** Points that are under way or wait for another try; after the end, those on disk. */
  held(): number
  /** Nobody waits for a better time from now on. */
  hurry(): void
  /** The process ends at once: what there is, and this last batch, goes to the disk. */
  spoolNow(last: Batch): void
  /** What waits in memory is told by another from now on. */
  disown(): void
}

/** How often the back end is tried while nothing new is exported. */
const RETRY_EVERY_MS = 30_000
const SUCCESS = 0
const FAILED = 1

export function createOtlpSender<Batch>(options: OtlpSenderOptions<Batch>): OtlpSender<Batch> {
  const { serializer, encoding, transport, ledger, countOf, spool, notes, split = (batch) => [batch] } = options
  const isReplaced = options.undelivered === 'replace'
  const isMuted = (): boolean => options.isMuted?.() === true
  const backlog = createOtlpBacklog(spool, notes, (count, why) =>
    ledger.lost(count, new Error(`${count} points: ${why}`)),
  )
  let isHurried = false
  let isClosed = false
  let timer: ReturnType<typeof setTimeout> | undefined
  /** One after the other: a back end sees the batches in the order of their times. */
  let queue: Promise<void> = Promise.resolve()

  /** @returns false when the back end is not there */
  async function deliver(batch: Waiting): Promise<boolean> {
    batch.isSending = true
    // On disk before the first attempt: who is killed in the midst of it sends it again.
    await backlog.stored()
    if (!backlog.all().includes(batch)) return true
    if (!batch.isOnDisk) notes?.sending()
    const body = await backlog.contentOf(batch)
    if (body === 'unreadable') {
      await rest(batch, new Error('the spool cannot be read at present'))
      return false
    }
    if (typeof body === 'string') {
      batch.error = new Error(`${batch.count} points on disk are ${body}`)
      ledger.lost(batch.count, batch.error)
      backlog.settle(batch)
      return true
    }
    const result = await transport.send(body, batch.encoding)
    if (result.outcome === 'unavailable') {
      await rest(batch, result.error)
      return false
    }
    // A process that is killed once this was said must not find it on disk at its next start.
    batch.body = undefined
    await backlog.stored()
    backlog.settle(batch)
    if (result.outcome === 'refused') {
      batch.error = result.error
      ledger.rejected(batch.count, result.error)
      return true
    }
    const rejection = rejectionIn(serializer, result.body)
    batch.error = rejection?.error
    if (rejection === undefined) ledger.delivered(batch.count)
    else {
      const rejected = Math.min(batch.count, rejection.count)
      ledger.partial(batch.count - rejected, rejected, rejection.error)
    }
    return true
  }

  /** This one did not get through, and the others need not be tried now. */
  async function rest(batch: Waiting, error: Error): Promise<void> {
    let held = 0
    for (const each of backlog.all()) {
      if (each !== batch && each.isReplaced && each.error !== undefined) continue
      backlog.rest(each, error)
      if (!each.isHeld) held += each.count
      each.isHeld = true
    }
    ledger.failed(held, 0, error)
    backlog.trim()
    retryLater()
    if (isHurried) return backlog.storeNow()
    // Who waits for this export and hears that it is held may be killed now.
    if (isReplaced) await backlog.store()
    else await backlog.stored()
  }

  async function drain(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    // Who pushes now tells the rest: it begins where the last delivery ended.
    if (!isMuted()) await backlog.adopt()
    backlog.trim()
    for (let batch = backlog.next(isMuted()); batch !== undefined; batch = backlog.next(isMuted())) {
      if (!(await deliver(batch))) return
    }
    backlog.removeStale()
  }

  function retryLater(): void {
    if (isHurried || timer !== undefined || backlog.next(false) === undefined) return
    timer = setTimeout(() => void enqueue([]), RETRY_EVERY_MS)
    timer.unref()
  }

  /** Unless an attempt that began later than the batches came has told already that nobody is there. */
  function enqueue(batches: readonly Waiting[]): Promise<void> {
    queue = queue
      .then(() => (batches.every(({ error }) => error === undefined) ? drain() : undefined))
      .catch((error: unknown) => ledger.lost(0, toError(error)))
    return queue
  }

  /** @returns an error instead of a batch that cannot be written */
  function serialize(items: Batch): Uint8Array | Error {
    try {
      const body = serializer.serializeRequest(items)
      if (body !== undefined) return body
    } catch (error) {
      if (error instanceof Error) return error
    }
    return new Error('the batch could not be written as OTLP')
  }

  /** What is exported, as requests that wait. */
  function accept(items: Batch): { readonly batches: readonly Waiting[]; readonly error: Error | undefined } {
    let unwritable: Error | undefined
    const bodies = split(items).flatMap((part) => {
      const body = serialize(part)
      const count = countOf(part)
      if (!(body instanceof Error)) return [{ body, count, encoding, isReplaced }]
      ledger.failed(0, count, body)
      unwritable = body
      return []
    })
    return { batches: backlog.push(bodies), error: unwritable }
  }

  const hurry = (): void => {
    isHurried = true
    transport.hurry()
  }

  const noteAttempt = (): void => {
    notes?.tried(backlog.all().every(({ isOnDisk }) => isOnDisk))
  }

  // What an earlier process has left goes first.
  if (spool !== undefined) void enqueue([])

  return {
    held: backlog.held,
    hurry,
    disown: backlog.disown,
    export(items, done) {
      if (isMuted()) {
        // What it has on disk from when it did push is told by nobody else.
        if (backlog.next(true) !== undefined) void enqueue([])
        return done({ code: SUCCESS })
      }
      if (countOf(items) === 0) return done({ code: SUCCESS })
      const { batches, error } = accept(items)
      if (spool === undefined) notes?.sending()
      else if (!isReplaced) void backlog.store()
      void enqueue(batches).then(() => {
        noteAttempt()
        const failure = error ?? batches.find((batch) => batch.error !== undefined)?.error
        done(failure === undefined ? { code: SUCCESS } : { code: FAILED, error: failure })
      })
    },
    async forceFlush() {
      await queue
    },
    async shutdown() {
      hurry()
      await queue
      if (isMuted()) backlog.disown()
      await backlog.stored()
      isClosed = true
      clearTimeout(timer)
      transport.abort()
      backlog.storeNow()
      ledger.gaveUp(backlog.close())
    },
    spoolNow(last) {
      if (isClosed || spool === undefined || isMuted()) return
      if (countOf(last) > 0) accept(last)
      backlog.storeNow()
    },
    // Counting is the ledger's affair.
    setMetrics: () => undefined,
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
