import type { IOtlpExportDelegate } from '@opentelemetry/otlp-exporter-base'
import type { ISerializer } from '@opentelemetry/otlp-transformer'
import type { Spool } from '../spool/spool.js'
import type { Encoding } from '../spool/spool-file.js'
import type { ExportLedger } from './export-ledger.js'
import { createOtlpBacklog, type Waiting } from './otlp-backlog.js'
import type { OtlpTransport } from './otlp-transport.js'
import { type PartialSuccess, rejectionIn } from './partial-success.js'

export interface OtlpSenderOptions<Batch> {
  readonly serializer: ISerializer<Batch, { readonly partialSuccess?: PartialSuccess | undefined }>
  readonly encoding: Encoding
  readonly transport: OtlpTransport
  readonly ledger: ExportLedger
  readonly countOf: (batch: Batch) => number
  /** Whether another process of the group pushes, from where this one ended. */
  readonly isMuted?: () => boolean
  /** Called after each attempt, with whether nothing that was given waits in memory: it is taken, or on disk, or refused. */
  readonly onTried?: ((isDelivered: boolean) => void) | undefined
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
  /** A new collection begins, of which all batches to come are a part. */
  begin(): void
  /** Points that are under way or wait for another try; after the end, those on disk. */
  held(): number
  /** Nobody waits for a better time from now on. */
  hurry(): void
  /** The process ends at once: what there is, and this last batch, goes to the disk. */
  spoolNow(last: Batch): void
}

/** How often the back end is tried while nothing new is exported. */
const RETRY_EVERY_MS = 30_000
const SUCCESS = 0
const FAILED = 1

export function createOtlpSender<Batch>(options: OtlpSenderOptions<Batch>): OtlpSender<Batch> {
  const { serializer, encoding, transport, ledger, countOf, spool } = options
  const isReplaced = options.undelivered === 'replace'
  const isMuted = (): boolean => options.isMuted?.() === true
  const backlog = createOtlpBacklog(spool, (count, why) => ledger.lost(count, new Error(`${count} points: ${why}`)))
  let isHurried = false
  let isClosed = false
  let timer: ReturnType<typeof setTimeout> | undefined
  /** One after the other: a back end sees the batches in the order of their times. */
  let queue: Promise<unknown> = Promise.resolve()

  /** @returns false when the back end is not there */
  async function deliver(batch: Waiting): Promise<boolean> {
    batch.isSending = true
    const body = await backlog.contentOf(batch)
    if (typeof body === 'string') {
      batch.error = new Error(`${batch.count} points on disk are ${body}`)
      ledger.lost(batch.count, batch.error)
      backlog.settle(batch)
      return true
    }
    const result = await transport.send(body, batch.encoding)
    if (result.outcome === 'unavailable') {
      rest(batch, result.error)
      // Who waits for this export and hears that it is held may be killed now.
      if (!isHurried) await backlog.written()
      return false
    }
    // A process that is killed once this was said must not find it on disk at its next start.
    batch.body = undefined
    await batch.writing
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
  function rest(batch: Waiting, error: Error): void {
    let held = 0
    for (const each of backlog.all()) {
      if (each !== batch && each.isReplaced && each.error !== undefined) continue
      backlog.rest(each, error)
      if (!each.isHeld) held += each.count
      each.isHeld = true
    }
    ledger.failed(held, 0, error)
    if (isHurried) backlog.writeNow()
    backlog.trim()
    retryLater()
  }

  async function drain(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    // Who pushes now tells it: it begins where the last delivery ended.
    if (isMuted()) return
    backlog.adopt()
    backlog.trim()
    for (let batch = backlog.next(); batch !== undefined; batch = backlog.next()) {
      if (!(await deliver(batch))) return
    }
  }

  function retryLater(): void {
    if (isHurried || timer !== undefined || backlog.next() === undefined) return
    timer = setTimeout(enqueue, RETRY_EVERY_MS)
    timer.unref()
  }

  /** Unless an attempt that began later than the batch came has told already that nobody is there. */
  function enqueue(batch?: Waiting): Promise<void> {
    const done = queue.then(() => (batch?.error === undefined ? drain() : undefined))
    queue = done
    return done
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

  function accept(items: Batch, count: number): Waiting | Error {
    const body = serialize(items)
    if (!(body instanceof Error)) return backlog.push({ body, count, encoding, isReplaced })
    ledger.failed(0, count, body)
    return body
  }

  const hurry = (): void => {
    isHurried = true
    transport.hurry()
  }

  const noteAttempt = (): void => {
    options.onTried?.(backlog.all().every(({ isOnDisk }) => isOnDisk))
  }

  // What an earlier process has left goes first.
  if (spool !== undefined) void enqueue()

  return {
    begin: backlog.begin,
    held: backlog.held,
    hurry,
    export(items, done) {
      const count = countOf(items)
      if (count === 0 || isMuted()) return done({ code: SUCCESS })
      const batch = accept(items, count)
      if (batch instanceof Error) return done({ code: FAILED, error: batch })
      void enqueue(batch).then(() => {
        noteAttempt()
        done(batch.error === undefined ? { code: SUCCESS } : { code: FAILED, error: batch.error })
      })
    },
    async forceFlush() {
      await queue
    },
    async shutdown() {
      hurry()
      await queue
      await backlog.written()
      isClosed = true
      clearTimeout(timer)
      transport.abort()
      backlog.writeNow()
      ledger.gaveUp(backlog.close())
    },
    spoolNow(last) {
      if (isClosed || spool === undefined || isMuted()) return
      const count = countOf(last)
      if (count > 0) accept(last, count)
      backlog.writeNow()
      noteAttempt()
    },
    // Counting is the ledger's affair.
    setMetrics: () => undefined,
  }
}
