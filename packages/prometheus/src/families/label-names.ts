import { labelNameOnPage } from '@quipu/catalog/builtin'
import { type EscapingScheme, escapeName, isLegacyName } from './escaping.js'
import type { FamilyType } from './family.js'
import { cleanForeignText, escapeLabelValue } from './label-text.js'

const LEGAL = /^[a-zA-Z][a-zA-Z0-9_]*$|^_(?!_)[a-zA-Z0-9_]*$/

/**
 * Labels that the formats add. A series with its own label of this name would have it twice, and Prometheus would
 * reject the page.
 */
const reserved: { readonly [T in FamilyType]?: string } = { histogram: 'le', summary: 'quantile' }

/**
 * Returns the name of an attribute on a page (OpenTelemetry compatibility specification, "Metric Attributes"): an
 * illegal character becomes `_`, repeated `_` become one, and a leading digit gets the prefix `key_`. A reserved name
 * gets the prefix `exported_`, as in Prometheus. In a scheme other than `underscores` the name keeps its characters and
 * is then escaped.
 */
export function pageLabelName(name: string, type: FamilyType, scheme: EscapingScheme = 'underscores'): string {
  const kept = scheme === 'underscores' ? '' : cleanForeignText(name).replaceAll('\n', '')
  // Names that begin with two underscores are reserved by Prometheus.
  if (kept !== '' && !kept.startsWith('__') && !isLegacyName(kept, 'label')) return escapeName(kept, scheme, 'label')
  const legal = labelNameOnPage(name).replace(/_+/g, '_') || '_'
  return escapeName(legal === reserved[type] ? `exported_${legal}` : legal, scheme, 'label')
}

/** Returns the name of a declared label: unchanged when it is legal, because declared names are contracts. */
export function declaredLabelName(name: string, type: FamilyType, scheme: EscapingScheme = 'underscores'): string {
  const isKept = LEGAL.test(name) && name !== reserved[type]
  return isKept ? escapeName(name, scheme, 'label') : pageLabelName(name, type, scheme)
}

/** Returns a label up to its value: `model="`, or `"gen_ai.request.model"="` for a name that needs quotes. */
export function labelOpening(name: string): string {
  return isLegacyName(name, 'label') ? `${name}="` : `"${escapeLabelValue(name)}"="`
}

interface LabelSlot {
  readonly open: string
  /** Indexes of the values, in the order of the labels' own names. */
  readonly indexes: readonly number[]
}

/**
 * Creates the writer of a metric's label text. Names are sanitised once. Labels that share a name on the page have
 * their values joined with `;` in the order of their own names, as the specification requires.
 * @returns a function from a cell's values to its text; an undefined or empty value adds no label
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
    // join, not +: it returns one flat string, and this one is cached.
    return parts.join(',')
  }
}
