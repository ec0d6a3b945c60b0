import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { Recorder } from '@quipu/core'
import type { EventLoggerProvider } from '../configuration/start-options.js'
import { loadOtlpTransformer, loadSdkLogs } from '../opentelemetry/load-opentelemetry.js'
import { createResource } from '../opentelemetry/resource.js'
import { createSpool } from '../spool/spool.js'
import { createTransport } from './create-transport.js'
import { createExportLedger, type ExportLedger } from './export-ledger.js'
import { createLogBatches } from './log-batches.js'
import type { OtlpEndpoint } from './otlp-configuration.js'
import { createOtlpSender } from './otlp-sender.js'

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
  const { LoggerProvider } = loadSdkLogs()
  const { JsonLogsSerializer, ProtobufLogsSerializer } = loadOtlpTransformer()
  const ledger = createExportLedger('otlp_logs', recorder)
  const transport = createTransport(endpoint, 'logs', () => ledger.retried())
  const isJson = endpoint.protocol === 'http/json'
  const sender = createOtlpSender<ReadableLogRecord[]>({
    serializer: isJson ? JsonLogsSerializer : ProtobufLogsSerializer,
    encoding: isJson ? 'json' : 'protobuf',
    transport,
    ledger,
    countOf: (records) => records.length,
    undelivered: 'repeat',
    spool: endpoint.spool && createSpool(endpoint.spool, 'logs', recorder),
  })
  const batches = createLogBatches(sender)
  const provider = new LoggerProvider({ resource: createResource(attributes), processors: [batches] })
  const onExit = (): void => void recorder.guard('spool', () => sender.spoolNow(batches.take()))
  if (endpoint.spool !== undefined) process.on('exit', onExit)
  return {
    provider,
    ledger,
    held: sender.held,
    hurry: sender.hurry,
    abort: transport.abort,
    flush: () => provider.forceFlush(),
    async shutdown() {
      await provider.shutdown()
      process.off('exit', onExit)
    },
  }
}
