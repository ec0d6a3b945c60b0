import type { FieldValue } from '@quipu/core'
import { type MetricRecord, toCanonical, UNKNOWN_USER } from './canonical.js'

/** Unquoted as in Go's slog and go-logfmt: not empty, no whitespace, `"` or `=`. A backslash may be unquoted. */
const BARE = /^[^\s"=]+$/

/** Whether a cleaned value needs no quotes on a line. */
export function isBare(value: string): boolean {
  return BARE.test(value)
}

function formatValue(value: FieldValue): string {
  const text = String(value)
  return isBare(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}

/**
 * Formats one activity record as one physical line, without its newline: `[METRIC] [user] event key=value …`.
 *
 * Values are quoted where necessary, with `\"` and `\\`. Numbers have JavaScript's shortest form, booleans are `true` and
 * `false`; null, undefined, NaN and infinities are left out.
 * Control, format and line-separating characters and lone surrogates are removed; in the user, whitespace and brackets
 * become `_`. Users are cut at 256 UTF-16 code units, values at 1,024; a line has 64 fields at most. Keys that are not
 * `[a-z][a-z0-9_]*` are left out.
 *
 * @returns the line; `''` when the event is not a valid name, because a repaired name would be another event. Never throws.
 * @example
 * formatMetricLine({ event: 'error', user: null, fields: { error_type: 'timeout' } })
 * // [METRIC] [unknown] error error_type=timeout
 */
export function formatMetricLine(record: MetricRecord): string {
  const canonical = toCanonical(record)
  if (canonical === null) return ''
  let line = `[METRIC] [${canonical.user ?? UNKNOWN_USER}] ${canonical.event}`
  for (const [key, value] of canonical.fields) line += ` ${key}=${formatValue(value)}`
  return line
}
