import type { EscapingScheme } from '../families/escaping.js'
import type { FamilyType } from '../families/family.js'
import { labelOpening, pageLabelName } from '../families/label-names.js'
import { cleanForeignText, escapeLabelValue } from '../families/label-text.js'
import type { OtelAttributes } from './otel-metrics.js'

/** Maximum UTF-16 code units of a value: a histogram repeats it on the line of every bucket. */
const MAX_LENGTH = 1024

/** Labels of the scope, which attributes must not repeat. */
export interface ScopeLabels {
  readonly otel_scope_name: string
  readonly otel_scope_version: string
}

/**
 * Returns the label text of attributes, independent of their order. Values become strings as the specification defines
 * (arrays as JSON) and are cleaned. Null, undefined and empty values add no label. Attributes that share a name on the
 * page are joined with `;` in the order of their own names.
 * @returns undefined when a value cannot become a string (a symbol, a function, a cycle, a getter that throws)
 */
export function foreignLabelText(
  attributes: OtelAttributes,
  type: FamilyType,
  scope?: ScopeLabels,
  scheme?: EscapingScheme,
): string | undefined {
  const labels = new Map<string, string>(scope === undefined ? [] : Object.entries(scope))
  try {
    for (const key of Object.keys(attributes).sort()) {
      const value = toText(attributes[key])
      if (value === '') continue
      let name = pageLabelName(key, type, scheme)
      if (scope !== undefined && name in scope) name = `exported_${name}`
      const before = labels.get(name)
      labels.set(name, before === undefined ? value : `${before};${value}`)
    }
  } catch {
    return undefined
  }
  return Array.from(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${labelOpening(name)}${escapeLabelValue(value)}"`)
    .join(',')
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError('not a label value')
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return cleanForeignText(text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH) : text)
}
