import { closeSync, openSync, writeSync } from 'node:fs'
import { formatMetricJson, formatMetricLine, type MetricRecord } from '@quipu/activity-log'

const USERS = 500
const MODELS = ['gpt-5-mini', 'claude-sonnet-4-5', 'llama-3.3-70b', 'gpt-4']
const RECORDS_A_BLOCK = 20_000
const START_MS = Date.UTC(2026, 0, 28)

/** How a log is written: `text` has a logger's time before each line. */
export type LogFormat = 'text' | 'json'

/** Writes a log of about this size; returns the number of its lines. */
export function writeLog(file: string, format: LogFormat, megabytes: number): number {
  const descriptor = openSync(file, 'w')
  let written = 0
  let lines = 0
  while (written < megabytes * 1e6) {
    let block = ''
    for (let i = 0; i < RECORDS_A_BLOCK; i++) block += `${lineOf(recordOf(lines++), format)}\n`
    written += writeSync(descriptor, block)
  }
  closeSync(descriptor)
  return lines
}

function lineOf(record: MetricRecord & { readonly unixMs: number }, format: LogFormat): string {
  if (format === 'json') return formatMetricJson(record)
  return `${new Date(record.unixMs).toISOString()} INFO ${formatMetricLine(record)}`
}

/** Three of five lines are model calls; one is an upload, one a tool call. */
function recordOf(number: number): MetricRecord & { readonly unixMs: number } {
  const common = { user: `user${number % USERS}@example.com`, unixMs: START_MS + 20 * number }
  const kind = number % 5
  if (kind < 3) {
    const fields = { model: MODELS[number % MODELS.length], message_count: number % 17 }
    return { ...common, event: 'llm_call', fields }
  }
  if (kind === 3) {
    const fields = { file_size: (number * 7) % 100_000, content_type: 'application/pdf' }
    return { ...common, event: 'file_upload', fields }
  }
  return { ...common, event: 'tool_call', fields: { tool_name: 'search documents' } }
}
