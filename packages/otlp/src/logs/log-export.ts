import type { Resource } from '@opentelemetry/resources'
import type { LoggerProvider as Provider, ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { OtlpEndpoint } from '../endpoint.js'
import type { ExportContext } from '../export-context.js'
import { loadSdkLogs, loadTransformer } from '../optional.cjs'
import { createFailureReport } from '../report-failure.js'
import { createExportLedger, type ExportLedger } from '../send/export-ledger.js'
import { createOtlpSender } from '../send/otlp-sender.js'
import { createSpool } from '../spool/spool.js'
import { createTransport } from '../transport/create-transport.js'
import { createLogBatches } from './log-batches.js'

/** Activity events on their way out as OTLP log records. */
export interface LogExport {
  readonly provider: Pick<Provider, 'getLogger' | 'forceFlush'>
  readonly ledger: ExportLedger
  held(): number
  hurry(): void
  abort(): void
  flush(): Promise<void>
  shutdown(): Promise<void>
}

/** A LoggerProvider of our own for the activity events; the application's own log records are not its affair. */
export function createLogExport(
  { recorder, userAgent, owners }: ExportContext,
  endpoint: OtlpEndpoint,
  resource: Resource,
): LogExport {
  const { LoggerProvider } = loadSdkLogs()
  const { JsonLogsSerializer, ProtobufLogsSerializer } = loadTransformer()
  const ledger = createExportLedger('otlp_logs', recorder, createFailureReport('activity events', endpoint.url))
  const transport = createTransport(endpoint, 'logs', userAgent, () => ledger.retried())
  const isJson = endpoint.protocol === 'http/json'
  const sender = createOtlpSender<ReadableLogRecord[]>({
    signal: 'logs',
    serializer: isJson ? JsonLogsSerializer : ProtobufLogsSerializer,
    encoding: isJson ? 'json' : 'protobuf',
    transport,
    ledger,
    countOf: (records) => records.length,
    undelivered: 'repeat',
    spool: endpoint.spool && createSpool(endpoint.spool, 'logs', recorder, owners),
  })
  const batches = createLogBatches(sender)
  const provider = new LoggerProvider({ resource, processors: [batches] })
  const onExit = (): void => void recorder.guard('spool', () => sender.spoolNow(batches.take()))
  if (endpoint.spool !== undefined) process.on('exit', onExit)
  return {
    provider,
    ledger,
    held: sender.held,
    hurry: sender.hurry,
    abort: sender.abandon,
    flush: () => provider.forceFlush(),
    async shutdown() {
      await provider.shutdown()
      process.off('exit', onExit)
    },
  }
}
