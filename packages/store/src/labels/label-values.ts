import { OTHER } from '../privacy/clean.js'
import type { Removal } from '../series/reading.js'
import type { LabelRule } from './label-rule.js'

/** Any label object, of which only declared names are read. */
export type LabelBag = { readonly [name: string]: unknown }
/** The canonical values of labels, in the order of their rules. */
export type Values = (string | undefined)[]
/** Why labels are invalid, for `quipu_dropped_total{reason}`. */
type Refusal = 'missing_label' | 'bad_label' | 'unknown_value' | 'threw'

/** Returns whether a label is present; inherited properties such as `constructor` do not count. */
function isGiven(labels: LabelBag, name: string): boolean {
  return name in labels && (Object.hasOwn(labels, name) || !(name in Object.prototype))
}

/**
 * Returns the canonical values of labels. A getter or proxy that throws drops the observation, but the call succeeds.
 * @param strict rejects a value outside a closed set, instead of folding it into `other`
 */
export function readLabels(
  rules: readonly LabelRule[],
  labels: LabelBag,
  fold: (label: string) => void,
  strict: boolean,
): Values | Refusal {
  const values: Values = []
  try {
    for (const rule of rules) {
      const raw = isGiven(labels, rule.name) ? labels[rule.name] : undefined
      if (raw === undefined || raw === null) {
        if (!rule.optional) return 'missing_label'
        values.push(undefined)
        continue
      }
      const value = rule.clean(raw)
      if (value === undefined) return 'bad_label'
      if (value === OTHER && raw !== OTHER) {
        if (strict && !rule.open) return 'unknown_value'
        fold(rule.name)
      }
      values.push(value)
    }
    return values
  } catch {
    return 'threw'
  }
}

/** Returns the series that a removal selects; undefined if no series can have such values. */
export function toRemoval(rules: readonly LabelRule[], labels: LabelBag): Removal | undefined {
  const removal: Record<string, string | null> = {}
  for (const rule of rules) {
    if (!isGiven(labels, rule.name)) continue
    const raw = labels[rule.name]
    const wanted = raw === undefined || raw === null ? null : rule.clean(raw)
    // Values over the budget share the `other` series, so they cannot be removed one by one.
    if (wanted === undefined || (wanted === OTHER && raw !== OTHER)) return undefined
    removal[rule.name] = wanted
  }
  return removal
}
