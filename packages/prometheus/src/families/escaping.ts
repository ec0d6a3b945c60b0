/** How names with characters beyond the legacy set are written, as the `escaping` parameter of a scrape says it. */
export type EscapingScheme = 'allow-utf-8' | 'underscores' | 'dots' | 'values'

const schemes: readonly EscapingScheme[] = ['allow-utf-8', 'underscores', 'dots', 'values']

/** The scheme of that name; undefined when there is none. */
export function toEscapingScheme(name: string): EscapingScheme | undefined {
  return schemes.find((scheme) => scheme === name)
}

/** Where a name stands: a label's must not have a colon, which a metric's may. */
export type NamePlace = 'metric' | 'label'

const legal: { readonly [P in NamePlace]: RegExp } = {
  metric: /^[a-zA-Z_:][a-zA-Z0-9_:]*$/,
  label: /^[a-zA-Z_][a-zA-Z0-9_]*$/,
}

/** Whether a name needs neither escaping nor quotes. */
export function isLegacyName(name: string, place: NamePlace): boolean {
  return legal[place].test(name)
}

/**
 * A name in a scheme ("UTF-8 metric and label name escaping schemes" of Prometheus). What is neither a dot nor legal
 * becomes two underscores in `dots`, as client_golang has it; the document says one.
 */
export function escapeName(name: string, scheme: EscapingScheme, place: NamePlace = 'metric'): string {
  if (scheme === 'allow-utf-8' || (scheme !== 'dots' && isLegacyName(name, place))) return name
  const escaped = Array.from(name, (character, i) => {
    if (character === '_') return scheme === 'underscores' ? '_' : '__'
    if (scheme === 'dots' && character === '.') return '_dot_'
    if (isLegacyName(i === 0 ? character : `_${character}`, place)) return character
    if (scheme === 'values') return `_${codePoint(character)}_`
    return scheme === 'dots' ? '__' : '_'
  }).join('')
  return scheme === 'values' ? `U__${escaped}` : escaped
}

/** Half of a pair of surrogates is no character: `FFFD`, as in Go. */
function codePoint(character: string): string {
  return /\p{Cs}/u.test(character) ? 'FFFD' : (character.codePointAt(0) ?? 0).toString(16)
}
