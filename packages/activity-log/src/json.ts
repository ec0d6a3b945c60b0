import { isRecord } from '@quipu/catalog/builtin'
import type { FieldValue } from '@quipu/core'
import { type MetricRecord, toCanonical } from './canonical.js'

/** The content of a JSON line. */
export interface ParsedMetricJson {
  readonly event: string
  readonly user: string | null
  readonly fields: { readonly [name: string]: string | number | boolean }
  /** Milliseconds since the Unix epoch; absent when the line has no time. */
  readonly unixMs?: number
}

/** A bigint that a JSON reader would round becomes a string of its digits, as in OTLP/JSON. */
function toJsonValue(value: FieldValue): string | number | boolean {
  if (typeof value !== 'bigint') return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

function toIsoTime(unixMs: number | null): string | null {
  if (unixMs === null) return null
  const date = new Date(unixMs)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

/**
 * Writes one activity record as one line of JSON, without its newline:
 * `{"time":"2026-01-28T09:30:00.000Z","event":"llm_call","user":"user@example.com","fields":{"model":"gpt-4","message_count":5}}`.
 *
 * The keys are always in this order; an unknown time or user is null. Values keep their types; a bigint that a JSON
 * reader would round is a string of its digits. Everything is cleaned and cut as `formatMetricLine` does.
 *
 * @returns the line; `''` when the event is not a name. Never throws.
 * @example
 * formatMetricJson({ event: 'error', user: null, fields: { error_type: 'timeout' }, unixMs: 0 })
 * // {"time":"1970-01-01T00:00:00.000Z","event":"error","user":null,"fields":{"error_type":"timeout"}}
 */
export function formatMetricJson(record: MetricRecord): string {
  const canonical = toCanonical(record)
  if (canonical === null) return ''
  const { event, user, fields } = canonical
  return JSON.stringify({
    time: toIsoTime(canonical.unixMs),
    event,
    user,
    fields: Object.fromEntries(fields.map(([key, value]) => [key, toJsonValue(value)])),
  })
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/**
 * Reads a line that `formatMetricJson` wrote, without its newline: the exact inverse.
 *
 * @returns event, user, fields and time; null when it is not such a line, byte for byte. Never throws.
 * @example
 * parseMetricJson('{"time":null,"event":"error","user":null,"fields":{"error_type":"timeout"}}')
 * // { event: 'error', user: null, fields: { error_type: 'timeout' } }
 */
export function parseMetricJson(line: string): ParsedMetricJson | null {
  const object = typeof line === 'string' ? parseJson(line) : undefined
  if (!isRecord(object)) return null
  const unixMs = typeof object.time === 'string' ? Date.parse(object.time) : undefined
  const canonical = toCanonical({ ...object, unixMs })
  if (canonical === null) return null
  const { event, user } = canonical
  const fields = Object.fromEntries(canonical.fields.map(([key, value]) => [key, toJsonValue(value)]))
  const parsed = { event, user, fields, ...(canonical.unixMs === null ? {} : { unixMs: canonical.unixMs }) }
  // The writer defines the format: a line that it would write differently is not one of its lines.
  return formatMetricJson(parsed) === line ? parsed : null
}
