import type { ISerializer } from '@opentelemetry/otlp-transformer'
import type { ExportNotes } from '../export-context.js'
import type { OtlpTransport, SendResult } from '../transport/transport.js'
import type { Backlog } from './backlog.js'
import type { Batch } from './batch.js'
import type { ExportLedger } from './export-ledger.js'
import { type PartialSuccess, rejectionIn } from './partial-success.js'
import type { SizeLimit } from './size-limit.js'

export interface DeliveryOptions {
  readonly serializer: Pick<
    ISerializer<never, { readonly partialSuccess?: PartialSuccess | undefined }>,
    'deserializeResponse'
  >
  readonly transport: OtlpTransport
  readonly ledger: ExportLedger
  readonly notes?: ExportNotes | undefined
}

/** Sends a batch once. Resolves to an error if the back end is unavailable, and leaves the batch unchanged. */
export function createDelivery(
  { serializer, transport, ledger, notes }: DeliveryOptions,
  backlog: Backlog,
  limit: SizeLimit,
): (batch: Batch) => Promise<Error | undefined> {
  /** @returns undefined for a lost batch */
  async function read(batch: Batch): Promise<Uint8Array | Error | undefined> {
    const body = await backlog.contentOf(batch)
    if (body === 'unreadable') return new Error('the spool cannot be read at the moment')
    if (typeof body !== 'string') return body
    batch.error = new Error(`${batch.count} points on disk are ${body}`)
    ledger.lost(batch.count, batch.error)
    backlog.remove(batch)
    return undefined
  }

  async function finish(batch: Batch, result: Exclude<SendResult, { readonly outcome: 'unavailable' }>): Promise<void> {
    // A process that is killed after this is counted must not find the batch on disk at its next start.
    batch.body = undefined
    await backlog.stored()
    backlog.remove(batch)
    if (result.outcome !== 'taken') {
      batch.error = result.error
      return ledger.rejected(batch.count, result.error)
    }
    const rejection = rejectionIn(serializer, result.body)
    batch.error = rejection?.error
    if (rejection === undefined) return ledger.delivered(batch.count)
    const rejected = Math.min(batch.count, rejection.count)
    ledger.partial(batch.count - rejected, rejected, rejection.error)
  }

  return async (batch) => {
    batch.state = 'sending'
    // On disk before the first attempt, so that after a kill during it the batch is sent again.
    await backlog.stored()
    if (!backlog.all().includes(batch)) return undefined
    if (!batch.isOnDisk) notes?.sending()
    const body = await read(batch)
    if (body === undefined || body instanceof Error) return body
    const result = await transport.send(body, batch.encoding)
    // Cancelled and counted in the meantime.
    if (batch.state !== 'sending') return undefined
    if (result.outcome === 'unavailable') return result.error
    const halves = result.outcome === 'too-large' ? limit.refuse(body, batch.encoding) : undefined
    if (halves !== undefined) {
      ledger.retried()
      await backlog.replace(batch, halves)
      return undefined
    }
    if (result.outcome === 'taken') limit.take(body.length)
    await finish(batch, result)
    return undefined
  }
}
