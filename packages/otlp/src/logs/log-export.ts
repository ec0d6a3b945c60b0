import type { Resource } from '@opentelemetry/resources'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { activeSpanContext, toHrTime } from '@quipu/store'
import type { OtlpEndpoint } from '../endpoint.js'
import type { ExportContext } from '../export-context.js'
import { loadTransformer } from '../optional.cjs'
import { createFailureReport } from '../report-failure.js'
import { createExportLedger, type ExportLedger } from '../send/export-ledger.js'
import { createOtlpSender } from '../send/otlp-sender.js'
import { createSpool } from '../spool/spool.js'
import { createTransport } from '../transport/create-transport.js'
import { createLogBatches } from './log-batches.js'

/** An activity event as a log record. */
export interface EventRecord {
  readonly eventName: string
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number
  readonly attributes: { readonly [name: string]: string | number | boolean }
}

/** Exports activity events as OTLP log records. */
export interface LogExport {
  /** Provides the `getLogger` of a LoggerProvider, for activity events only. */
  readonly provider: { getLogger(name: string, version?: string): { emit(record: EventRecord): void } }
  readonly ledger: ExportLedger
  held(): number
  hurry(): void
  abort(): void
  flush(): Promise<void>
  shutdown(): Promise<void>
}

export function createLogExport(
  { recorder, userAgent, owners }: ExportContext,
  endpoint: OtlpEndpoint,
  resource: Resource,
): LogExport {
  const ledger = createExportLedger('otlp_logs', recorder, createFailureReport('activity events', endpoint.url))
  const { JsonLogsSerializer, ProtobufLogsSerializer } = loadTransformer()
  const isJson = endpoint.protocol === 'http/json'
  const sender = createOtlpSender<ReadableLogRecord[]>({
    signal: 'logs',
    serializer: isJson ? JsonLogsSerializer : ProtobufLogsSerializer,
    encoding: isJson ? 'json' : 'protobuf',
    transport: createTransport(endpoint, 'logs', userAgent, () => ledger.retried()),
    ledger,
    countOf: (records) => records.length,
    undelivered: 'repeat',
    spool: endpoint.spool && createSpool(endpoint.spool, 'logs', recorder, owners),
  })
  const batches = createLogBatches(sender)
  const onExit = (): void => void recorder.guard('spool', () => sender.spoolNow(batches.take()))
  if (endpoint.spool !== undefined) process.on('exit', onExit)
  return {
    provider: {
      getLogger(name, version) {
        const scope = { name, ...(version !== undefined && { version }) }
        return { emit: (record) => batches.add(toLogRecord(record, scope, resource)) }
      },
    },
    ledger,
    held: sender.held,
    hurry: sender.hurry,
    abort: sender.abandon,
    flush: batches.flush,
    async shutdown() {
      await batches.shutdown()
      process.off('exit', onExit)
    },
  }
}

/** Creates the record that OpenTelemetry's SDK for logs would create, with the active trace. */
function toLogRecord(
  { eventName, timestamp, attributes }: EventRecord,
  instrumentationScope: ReadableLogRecord['instrumentationScope'],
  resource: Resource,
): ReadableLogRecord {
  const time = toHrTime(timestamp)
  const spanContext = activeSpanContext()
  return {
    hrTime: time,
    hrTimeObserved: time,
    eventName,
    attributes,
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    ...(spanContext !== undefined && { spanContext }),
  }
}
