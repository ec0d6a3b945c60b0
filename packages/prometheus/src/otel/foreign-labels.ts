import type { EscapingScheme } from '../families/escaping.js'
import type { FamilyType } from '../families/family.js'
import { labelOpening, pageLabelName } from '../families/label-names.js'
import { cleanForeignText, escapeLabelValue } from '../families/label-text.js'
import type { OtelAttributes } from './otel-metrics.js'

/** UTF-16 code units of a foreign value that are kept: a histogram repeats it on every bucket's line. */
const MAX_LENGTH = 1024

/** The scope's own labels, which a user's attributes of those names must not repeat. */
export interface ScopeLabels {
  readonly otel_scope_name: string
  readonly otel_scope_version: string
}

/**
 * The label text of foreign attributes, the same for every order they come in. Values become strings as the
 * specification says (arrays as JSON), cleaned; null, undefined and empty ones are no labels. Attributes that share a
 * name on the page are joined with `;` in the order of their own names.
 * @returns undefined when a value cannot be a string at all (a symbol, a function, a cycle, a getter that throws)
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
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError('no label value')
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return cleanForeignText(text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH) : text)
}
