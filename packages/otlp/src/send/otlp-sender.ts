import type { ISerializer } from '@opentelemetry/otlp-transformer'
import type { Spool } from '../spool/spool.js'
import type { Encoding } from '../spool/spool-file.js'
import { type Backlog, createBacklog } from './backlog.js'
import type { Batch, NewBatch } from './batch.js'
import { createDelivery, type DeliveryOptions } from './delivery.js'
import type { PartialSuccess } from './partial-success.js'
import { createSendQueue } from './send-queue.js'
import { createSizeLimit, type SizeLimit } from './size-limit.js'

export interface OtlpSenderOptions<Items> extends DeliveryOptions {
  readonly serializer: ISerializer<Items, { readonly partialSuccess?: PartialSuccess | undefined }>
  readonly signal: 'metrics' | 'logs'
  readonly encoding: Encoding
  readonly countOf: (items: Items) => number
  /** Whether another process of the group exports, continuing after this one. */
  readonly isMuted?: () => boolean
  /** Splits a collection into requests. */
  readonly split?: ((items: Items) => readonly Items[]) | undefined
  /**
   * Treatment of undelivered batches. `repeat`: they are kept and sent before the next one, because their points exist
   * nowhere else (delta points, log records). `replace`: the next batch has all points again (cumulative points).
   */
  readonly undelivered: 'repeat' | 'replace'
  /** Stores undelivered batches on disk instead of in memory. */
  readonly spool?: Spool | undefined
}

/** Sends batches and counts the outcome of every point. */
export interface OtlpSender<Items> {
  /** @param done called when the items are delivered or their outcome is decided */
  export(items: Items, done: (error?: Error) => void): void
  /** Resolves when no request is in progress. */
  forceFlush(): Promise<void>
  /** Sends waiting batches a last time and ends. */
  shutdown(): Promise<void>
  /** Number of undelivered points that may still be sent; after the end, of those on disk. */
  held(): number
  /** No batch waits for a retry from now on. */
  hurry(): void
  /** Cancels all requests: undelivered batches are written to disk or counted as dropped. */
  abandon(): void
  /** Writes all batches and these last items to disk, because the process exits. */
  spoolNow(last: Items): void
  /**
   * Sends waiting batches and these last items synchronously, because the process exits and there is no spool. `send`
   * waits for the responses.
   */
  sendNow(last: Items, send: (bodies: readonly Uint8Array[]) => readonly boolean[]): void
  /** Removes batches in memory, because another process exports them. */
  removeUnstored(): void
}

export function createOtlpSender<Items>(options: OtlpSenderOptions<Items>): OtlpSender<Items> {
  const { transport, ledger, countOf, spool, notes } = options
  const isCumulative = options.undelivered === 'replace'
  const isMuted = (): boolean => options.isMuted?.() === true
  const backlog = createBacklog(spool, notes, (count, why) => ledger.lost(count, new Error(`${count} points: ${why}`)))
  const limit = createSizeLimit(options.signal)
  const deliver = createDelivery(options, backlog, limit)
  const queue = createSendQueue({ transport, ledger, isMuted, isCumulative, deliver }, backlog)
  let isClosed = false

  function close(): void {
    if (isClosed) return
    isClosed = true
    queue.stop()
    transport.abort()
    backlog.storeNow()
    ledger.gaveUp(backlog.close())
  }

  // Batches of an earlier process are sent first.
  if (spool !== undefined) void queue.run([])

  return {
    held: backlog.held,
    hurry: queue.hurry,
    abandon: close,
    removeUnstored: backlog.removeUnstored,
    export(items, done) {
      if (isMuted()) {
        // No other process sends the batches that this one wrote to disk while it led.
        if (backlog.next(true) !== undefined) void queue.run([])
        return done()
      }
      if (countOf(items) === 0) return done()
      const { batches, error } = accept(items, options, backlog, limit)
      if (spool === undefined) notes?.sending()
      else if (!isCumulative) void backlog.store()
      void queue.run(batches).then(() => {
        notes?.tried(backlog.all().every(({ isOnDisk }) => isOnDisk))
        const failure = error ?? batches.find((batch) => batch.error !== undefined)?.error
        done(failure)
      })
    },
    forceFlush: queue.idle,
    async shutdown() {
      queue.hurry()
      await queue.idle()
      if (isClosed) return
      if (isMuted()) backlog.removeUnstored()
      await backlog.stored()
      close()
    },
    spoolNow(last) {
      if (isClosed || spool === undefined || isMuted()) return
      if (countOf(last) > 0) accept(last, options, backlog, limit)
      backlog.storeNow()
    },
    sendNow(last, send) {
      if (isClosed || spool !== undefined || isMuted()) return
      if (countOf(last) > 0) accept(last, options, backlog, limit)
      sendWaiting(options, backlog, send)
    },
  }
}

function sendWaiting<Items>(
  { ledger, notes }: OtlpSenderOptions<Items>,
  backlog: Backlog,
  send: (bodies: readonly Uint8Array[]) => readonly boolean[],
): void {
  // A request in progress may arrive: sent twice, deltas would count twice.
  const waiting = backlog.all().filter(({ state, body }) => isUnsent(state) && body !== undefined)
  if (waiting.length === 0) return
  notes?.sending()
  const taken = send(waiting.flatMap(({ body }) => body ?? []))
  for (const [i, batch] of waiting.entries()) {
    if (taken[i] !== true) continue
    ledger.delivered(batch.count)
    backlog.remove(batch)
  }
  notes?.tried(taken.every((isTaken) => isTaken))
}

function isUnsent(state: Batch['state']): boolean {
  return state === 'queued' || state === 'resting'
}

/** Adds collected items to the backlog, as requests. */
function accept<Items>(
  items: Items,
  { split = (all) => [all], serializer, encoding, countOf, ledger, undelivered }: OtlpSenderOptions<Items>,
  backlog: Backlog,
  limit: SizeLimit,
): { readonly batches: readonly Batch[]; readonly error: Error | undefined } {
  let error: Error | undefined
  const isCumulative = undelivered === 'replace'
  const requests = split(items).flatMap((part): readonly NewBatch[] => {
    const count = countOf(part)
    const body = serialize(part, serializer)
    if (!(body instanceof Error)) {
      return limit.fit({ body, count }, encoding).map((fitting) => ({ ...fitting, encoding, isCumulative }))
    }
    ledger.failed(0, count, body)
    error = body
    return []
  })
  return { batches: backlog.push(requests), error }
}

/** @returns an error for items that cannot be encoded */
function serialize<Items>(
  items: Items,
  serializer: Pick<ISerializer<Items, unknown>, 'serializeRequest'>,
): Uint8Array | Error {
  try {
    const body = serializer.serializeRequest(items)
    if (body !== undefined) return body
  } catch (error) {
    if (error instanceof Error) return error
  }
  return new Error('the batch could not be encoded as OTLP')
}
