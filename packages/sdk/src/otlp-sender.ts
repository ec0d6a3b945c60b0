import type { IOtlpExportDelegate } from '@opentelemetry/otlp-exporter-base'
import type { ISerializer } from '@opentelemetry/otlp-transformer'
import type { ExportLedger } from './export-ledger.js'
import type { OtlpTransport } from './otlp-transport.js'

interface PartialSuccess {
  readonly errorMessage?: string | undefined
  /** A string in JSON, as protobuf's mapping has 64-bit integers. */
  readonly rejectedDataPoints?: number | string | undefined
  readonly rejectedLogRecords?: number | string | undefined
}

export interface OtlpSenderOptions<Batch> {
  readonly serializer: ISerializer<Batch, { readonly partialSuccess?: PartialSuccess | undefined }>
  readonly transport: OtlpTransport
  readonly ledger: ExportLedger
  readonly countOf: (batch: Batch) => number
  /** Whether another process of the group pushes; this one collects all the same, so that it can go on from here. */
  readonly isMuted?: () => boolean
  /**
   * What becomes of a batch that did not get through. `repeat`: it is kept and sent before the next one, since nothing
   * else will say it again (delta points, log records). `replace`: the next batch says it all once more (cumulative).
   */
  readonly undelivered: 'repeat' | 'replace'
}

/** Sends batches for one of OpenTelemetry's exporters, and keeps account of every point of them. */
export interface OtlpSender<Batch> extends IOtlpExportDelegate<Batch> {
  /** A new collection begins, of which all batches to come are a part. */
  begin(): void
  /** Points that are under way or wait for another try. */
  held(): number
}

interface Waiting {
  readonly body: Uint8Array
  readonly count: number
}

/** Most bytes of batches that wait for a back end to come back: at 2 MB a batch, a quarter of an hour of them. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024
const SUCCESS = 0
const FAILED = 1

export function createOtlpSender<Batch>(options: OtlpSenderOptions<Batch>): OtlpSender<Batch> {
  const { serializer, transport, ledger, countOf, undelivered } = options
  let waiting: Waiting[] = []
  let replaced = 0
  let underWay = 0
  /** One after the other: a back end sees the batches in the order of their times. */
  let queue: Promise<unknown> = Promise.resolve()

  async function deliver(batch: Waiting): Promise<Error | undefined> {
    underWay += batch.count
    const result = await transport.send(batch.body)
    underWay -= batch.count
    if (result.outcome === 'unavailable') return keep(batch, result.error)
    if (result.outcome === 'refused') {
      ledger.rejected(batch.count, result.error)
      return result.error
    }
    const rejection = rejectionIn(serializer, result.body)
    if (rejection === undefined) ledger.delivered(batch.count)
    else ledger.partial(Math.max(0, batch.count - rejection.count), rejection.count, rejection.error)
    return rejection?.error
  }

  function keep(batch: Waiting, error: Error): Error {
    if (undelivered === 'replace') {
      replaced += batch.count
      ledger.failed(batch.count, 0, error)
      return error
    }
    waiting.push(batch)
    let lost = 0
    while (waiting.length > 1 && waiting.reduce((sum, { body }) => sum + body.length, 0) > MAX_WAITING_BYTES) {
      lost += waiting.shift()?.count ?? 0
    }
    ledger.failed(batch.count, lost, error)
    return error
  }

  async function send(batch: Waiting): Promise<Error | undefined> {
    const earlier = waiting
    waiting = []
    for (const [i, each] of earlier.entries()) {
      const before = waiting.length
      const error = await deliver(each)
      // The back end is still away: the rest need not be tried.
      if (waiting.length > before) {
        waiting.push(...earlier.slice(i + 1))
        return keep(batch, error ?? new Error('the back end is not there'))
      }
    }
    return await deliver(batch)
  }

  const held = (): number => underWay + replaced + waiting.reduce((sum, { count }) => sum + count, 0)

  return {
    begin() {
      replaced = 0
    },
    export(items, done) {
      const count = countOf(items)
      if (count === 0 || options.isMuted?.() === true) return done({ code: SUCCESS })
      let body: Uint8Array | undefined
      try {
        body = serializer.serializeRequest(items)
      } catch (error) {
        ledger.failed(0, count, error instanceof Error ? error : new Error(String(error)))
      }
      if (body === undefined) return done({ code: FAILED, error: new Error('the batch could not be written as OTLP') })
      const sent = queue.then(() => send({ body, count }))
      queue = sent
      void sent.then((error) => done(error === undefined ? { code: SUCCESS } : { code: FAILED, error }))
    },
    async forceFlush() {
      await queue
    },
    async shutdown() {
      transport.hurry()
      await queue
      transport.abort()
      ledger.gaveUp(held())
      waiting = []
      replaced = 0
    },
    // Counting is the ledger's affair.
    setMetrics: () => undefined,
    held,
  }
}

/** What a back end did not take of a request it answered with success (OTLP specification, "Partial Success"). */
function rejectionIn<Batch>(
  serializer: OtlpSenderOptions<Batch>['serializer'],
  body: Uint8Array,
): { readonly count: number; readonly error: Error } | undefined {
  if (body.length === 0) return undefined
  try {
    const { partialSuccess } = serializer.deserializeResponse(body)
    const count = Number(partialSuccess?.rejectedDataPoints ?? partialSuccess?.rejectedLogRecords ?? 0)
    const message = partialSuccess?.errorMessage ?? ''
    if (!(count > 0)) return undefined
    return { count, error: new Error(`the back end rejected ${count} points: ${message.slice(0, 200)}`) }
  } catch {
    // An answer that is not OTLP: the status said that all was taken.
    return undefined
  }
}
