/** How a scrape wants names with characters beyond the legacy set, as its `escaping` parameter declares. */
export type EscapingScheme = 'allow-utf-8' | 'underscores' | 'dots' | 'values'

const schemes: readonly EscapingScheme[] = ['allow-utf-8', 'underscores', 'dots', 'values']

/** Returns the scheme of this name, or undefined for an unknown one. */
export function toEscapingScheme(name: string): EscapingScheme | undefined {
  return schemes.find((scheme) => scheme === name)
}

/** Where a name is used: a metric's name may contain colons, a label's name may not. */
export type NamePlace = 'metric' | 'label'

const legal: { readonly [P in NamePlace]: RegExp } = {
  metric: /^[a-zA-Z_:][a-zA-Z0-9_:]*$/,
  label: /^[a-zA-Z_][a-zA-Z0-9_]*$/,
}

/** Returns whether a name needs neither escaping nor quotes. */
export function isLegacyName(name: string, place: NamePlace): boolean {
  return legal[place].test(name)
}

/**
 * Escapes a name (Prometheus, "UTF-8 metric and label name escaping schemes"). In `dots`, a character that is neither a
 * dot nor legal becomes two underscores, as in client_golang; the document says one.
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

/** An unpaired surrogate is not a character: `FFFD`, as in Go. */
function codePoint(character: string): string {
  return /\p{Cs}/u.test(character) ? 'FFFD' : (character.codePointAt(0) ?? 0).toString(16)
}
