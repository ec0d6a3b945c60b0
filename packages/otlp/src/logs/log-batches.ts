import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { unref } from '@quipu/core'

/** As much of an exporter as is used. */
interface Batches {
  export(records: ReadableLogRecord[], done: () => void): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/** Gathers log records into batches. What waits can be taken from it at the exit of the process. */
export interface LogBatches extends LogRecordProcessor {
  /** The records that no batch has yet. */
  take(): ReadableLogRecord[]
}

const MAX_RECORDS = 512
const DELAY_MS = 1000

/**
 * Stands in for OpenTelemetry's BatchLogRecordProcessor, which keeps 2,048 records while an export waits for a back end
 * and drops the rest without a count. Here a full batch goes to the sender at once, which has bounds and an account.
 */
export function createLogBatches(exporter: Batches): LogBatches {
  let records: ReadableLogRecord[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let isClosed = false

  function take(): ReadableLogRecord[] {
    clearTimeout(timer)
    timer = undefined
    const taken = records
    records = []
    return taken
  }

  function send(): void {
    const batch = take()
    if (batch.length > 0) exporter.export(batch, () => undefined)
  }

  return {
    take,
    onEmit(record) {
      if (isClosed) return
      if (records.push(record) >= MAX_RECORDS) return send()
      if (timer !== undefined) return
      timer = setTimeout(send, DELAY_MS)
      unref(timer)
    },
    async forceFlush() {
      send()
      await exporter.forceFlush()
    },
    async shutdown() {
      send()
      isClosed = true
      await exporter.shutdown()
    },
  }
}
