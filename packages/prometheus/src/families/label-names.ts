import { labelNameOnPage } from '@quipu/catalog/builtin'
import { type EscapingScheme, escapeName, isLegacyName } from './escaping.js'
import type { FamilyType } from './family.js'
import { cleanForeignText, escapeLabelValue } from './label-text.js'

const LEGAL = /^[a-zA-Z][a-zA-Z0-9_]*$|^_(?!_)[a-zA-Z0-9_]*$/

/** Labels that the formats write themselves: a series that had its own would carry the name twice, and the page be refused. */
const reserved: { readonly [T in FamilyType]?: string } = { histogram: 'le', summary: 'quantile' }

/**
 * The label name that an attribute has on a page (OpenTelemetry compatibility specification, "Metric Attributes"):
 * what is not legal becomes `_`, runs of `_` become one, a leading digit gets `key_`. A name that the format reserves gets
 * Prometheus' own prefix for such a clash, `exported_`. In a scheme other than `underscores` an attribute's name keeps
 * its characters, and is then escaped as the scheme says.
 */
export function pageLabelName(name: string, type: FamilyType, scheme: EscapingScheme = 'underscores'): string {
  const kept = scheme === 'underscores' ? '' : cleanForeignText(name).replaceAll('\n', '')
  // Names that begin with two underscores are Prometheus' own.
  if (kept !== '' && !kept.startsWith('__') && !isLegacyName(kept, 'label')) return escapeName(kept, scheme, 'label')
  const legal = labelNameOnPage(name).replace(/_+/g, '_') || '_'
  return escapeName(legal === reserved[type] ? `exported_${legal}` : legal, scheme, 'label')
}

/** A declared label's name: as it was declared when that is legal, since declared names are contracts. */
export function declaredLabelName(name: string, type: FamilyType, scheme: EscapingScheme = 'underscores'): string {
  const isKept = LEGAL.test(name) && name !== reserved[type]
  return isKept ? escapeName(name, scheme, 'label') : pageLabelName(name, type, scheme)
}

/** A label up to its value: `model="`, or `"gen_ai.request.model"="` where the name needs quotes. */
export function labelOpening(name: string): string {
  return isLegacyName(name, 'label') ? `${name}="` : `"${escapeLabelValue(name)}"="`
}

interface LabelSlot {
  readonly open: string
  /** Where the values stand, in the order of the labels' own names. */
  readonly indexes: readonly number[]
}

/**
 * Makes the writer of a metric's label text: names are sanitised once, and labels that share a name on the page have
 * their values joined with `;` in the order of their own names, as the specification demands.
 * @returns a function from a cell's values to its text; a value that is undefined or empty is no label
 */
export function labelWriter(
  names: readonly string[],
  type: FamilyType,
  scheme: EscapingScheme = 'underscores',
): (values: readonly (string | undefined)[]) => string {
  const byName = new Map<string, number[]>()
  names.forEach((name, index) => {
    const onPage = declaredLabelName(name, type, scheme)
    byName.set(onPage, [...(byName.get(onPage) ?? []), index])
  })
  const slots: readonly LabelSlot[] = Array.from(byName, ([name, indexes]) => ({
    open: labelOpening(name),
    indexes: indexes.sort((a, b) => ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1)),
  }))
  return (values) => {
    const parts: string[] = []
    for (const { open, indexes } of slots) {
      const value =
        indexes.length === 1 ? values[indexes[0] ?? 0] : indexes.flatMap((index) => values[index] ?? []).join(';')
      if (value !== undefined && value !== '') parts.push(`${open}${escapeLabelValue(value)}"`)
    }
    // join, not +: its result is one flat string, and this one is kept.
    return parts.join(',')
  }
}
