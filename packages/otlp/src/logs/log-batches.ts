import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { unref } from '@quipu/store'

/** The used parts of a sender. */
interface Sender {
  export(records: ReadableLogRecord[], done: () => void): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/** Gathers log records into batches. */
export interface LogBatches {
  add(record: ReadableLogRecord): void
  /** Removes and returns the records that are not part of a batch yet, for the exit of the process. */
  take(): ReadableLogRecord[]
  flush(): Promise<void>
  shutdown(): Promise<void>
}

const MAX_RECORDS = 512
const DELAY_MS = 1000

/**
 * Replaces OpenTelemetry's BatchLogRecordProcessor, which keeps 2,048 records while an export waits for a back end and
 * drops others without counting them. Here, a full batch is passed to the sender at once, which is bounded and counts.
 */
export function createLogBatches(sender: Sender): LogBatches {
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
    if (batch.length > 0) sender.export(batch, () => undefined)
  }

  return {
    take,
    add(record) {
      if (isClosed) return
      if (records.push(record) >= MAX_RECORDS) return send()
      if (timer !== undefined) return
      timer = setTimeout(send, DELAY_MS)
      unref(timer)
    },
    async flush() {
      send()
      await sender.forceFlush()
    },
    async shutdown() {
      send()
      isClosed = true
      await sender.shutdown()
    },
  }
}
