import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { Recorder } from '@quipu/core'
import { createExportLedger, type ExportLedger } from './export-ledger.js'
import { loadOtlpExporterBase, loadOtlpTransformer, loadSdkLogs } from './load-opentelemetry.js'
import type { OtlpEndpoint } from './otlp-configuration.js'
import { createOtlpSender } from './otlp-sender.js'
import { createOtlpTransport } from './otlp-transport.js'
import { createResource } from './resource.js'
import type { EventLoggerProvider } from './start-options.js'
import { USER_AGENT } from './version.js'

/** Activity events on their way out as OTLP log records. */
export interface LogExport {
  readonly provider: EventLoggerProvider
  readonly ledger: ExportLedger
  held(): number
  hurry(): void
  abort(): void
  flush(): Promise<void>
  shutdown(): Promise<void>
}

/** A LoggerProvider of our own for the activity events; the application's own log records are not its affair. */
export function createLogExport(
  recorder: Recorder,
  endpoint: OtlpEndpoint,
  attributes: { readonly [name: string]: string | number | boolean },
): LogExport {
  const { BatchLogRecordProcessor, LoggerProvider } = loadSdkLogs()
  const { OTLPExporterBase } = loadOtlpExporterBase()
  const { JsonLogsSerializer, ProtobufLogsSerializer } = loadOtlpTransformer()
  const ledger = createExportLedger('otlp_logs', recorder)
  const transport = createOtlpTransport(endpoint, USER_AGENT, () => ledger.retried())
  const sender = createOtlpSender<ReadableLogRecord[]>({
    serializer: endpoint.protocol === 'http/json' ? JsonLogsSerializer : ProtobufLogsSerializer,
    transport,
    ledger,
    countOf: (records) => records.length,
    undelivered: 'repeat',
  })
  const processor = new BatchLogRecordProcessor({ exporter: new OTLPExporterBase(sender) })
  const provider = new LoggerProvider({ resource: createResource(attributes), processors: [processor] })
  return {
    provider,
    ledger,
    held: sender.held,
    hurry: transport.hurry,
    abort: transport.abort,
    flush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
  }
}
