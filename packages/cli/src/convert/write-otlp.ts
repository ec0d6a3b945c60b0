import { type ActivityRecord, timeOf } from '../lines/activity-record.js'
import { type CommandIo, UsageError } from '../terminal/io.js'
import type { ConvertOptions, RecordSource } from './convert-options.js'

const RECORDS_A_REQUEST = 1000
const TIMEOUT_MS = 10_000

/**
 * Writes OTLP log records: the event is the event name, the user is `user.name`, the fields are attributes. Without an
 * endpoint, each output line is one OTLP/JSON request, as the Collector's `otlpjsonfile` receiver reads it.
 * Rejects when the endpoint refuses a request.
 */
export async function writeOtlp(source: RecordSource, { endpoint }: ConvertOptions, io: CommandIo): Promise<void> {
  const write = endpoint === undefined ? (text: string) => io.out(`${text}\n`) : createSender(endpoint)
  let waiting: ActivityRecord[] = []
  let count = 0
  const flush = async () => {
    if (waiting.length > 0) await write(JSON.stringify(toRequest(waiting)))
    count += waiting.length
    waiting = []
  }
  for await (const records of source.read()) {
    for (const record of records) {
      waiting.push(record)
      if (waiting.length === RECORDS_A_REQUEST) await flush()
    }
  }
  await flush()
  io.err(`${count} log records`)
}

function createSender(endpoint: string): (body: string) => Promise<void> {
  if (!/^https?:/i.test(endpoint) || !URL.canParse(endpoint)) {
    throw new UsageError(`--endpoint ${endpoint} is not an address, such as http://localhost:4318`)
  }
  const url = endpoint.replace(/\/*(?:v1\/logs\/*)?$/, '/v1/logs')
  return async (body) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) })
    const answer = await response.text()
    if (!response.ok) throw new Error(`${url} answered ${response.status}`)
    const rejected = rejectedIn(answer)
    if (rejected > 0) throw new Error(`${url} rejected ${rejected} log records`)
  }
}

/** `partial_success` of the response: a status of 200 can reject records. */
function rejectedIn(answer: string): number {
  try {
    return Number(JSON.parse(answer)?.partialSuccess?.rejectedLogRecords ?? 0)
  } catch {
    return 0
  }
}

function toRequest(records: readonly ActivityRecord[]): unknown {
  const scope = { name: 'quipu' }
  return { resourceLogs: [{ resource: {}, scopeLogs: [{ scope, logRecords: records.map(toLogRecord) }] }] }
}

function toLogRecord(record: ActivityRecord): unknown {
  const { event, user, fields } = record
  const time = timeOf(record)
  const attributes = Object.entries(fields).map(([key, value]) => ({ key, value: toAnyValue(value) }))
  if (user !== null) attributes.unshift({ key: 'user.name', value: { stringValue: user } })
  return { ...(time !== undefined && { timeUnixNano: `${time}000000` }), eventName: event, attributes }
}

function toAnyValue(value: string | number | boolean) {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}
