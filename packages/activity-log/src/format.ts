import type { FieldValue } from '@quipu/core'
import { type MetricRecord, toCanonical, UNKNOWN_USER } from './canonical.js'

/** Bare as Go's slog and go-logfmt have it: not empty, without whitespace, `"` and `=` (T20). A backslash may stand bare. */
const BARE = /^[^\s"=]+$/

/** Whether a cleaned value stands on a line without quotes. */
export function isBare(value: string): boolean {
  return BARE.test(value)
}

function formatValue(value: FieldValue): string {
  const text = String(value)
  return isBare(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}

/**
 * Writes one activity record as one physical line, without its newline (A8): `[METRIC] [user] event key=value …`.
 *
 * Values stand bare where that is safe, else quoted, with `\"` and `\\`. Numbers have JavaScript's shortest form,
 * booleans are `true` and `false`; null, undefined, NaN and infinities are left out (T22: Atlas wrote `key=` and `True`).
 * Control, format and line-separating characters and lone surrogates are removed; in the user, whitespace and brackets
 * become `_`. Users are cut at 256 UTF-16 code units, values at 1,024; a line has 64 fields at most. Keys that are not
 * `[a-z][a-z0-9_]*` are left out.
 *
 * @returns the line; `''` when the event is not such a name, because a repaired one would be another event. Never throws.
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
