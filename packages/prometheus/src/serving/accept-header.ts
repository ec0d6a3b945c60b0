/** One range of an `Accept` or `Accept-Encoding` header. */
export interface AcceptRange {
  /** Lower case: `text/plain`, `gzip`, `*`. */
  readonly name: string
  readonly quality: number
  readonly parameters: ReadonlyMap<string, string>
}

/** Maximum length. Longer headers are cut. */
const MAX_LENGTH = 4096

/**
 * Parses a header into ranges in the client's order of preference: by quality, names before wildcards, then as written
 * (RFC 9110 §12.5). Quality 0 excludes a range. Invalid ranges are skipped. Never throws.
 */
export function parseAccept(header: string | undefined): readonly AcceptRange[] {
  if (header === undefined) return []
  return header
    .slice(0, MAX_LENGTH)
    .split(',')
    .flatMap((text) => parseRange(text) ?? [])
    .sort((a, b) => b.quality - a.quality || Number(a.name.includes('*')) - Number(b.name.includes('*')))
}

function parseRange(text: string): AcceptRange | undefined {
  const [name = '', ...rest] = text.split(';').map((part) => part.trim())
  if (name === '') return undefined
  const parameters = new Map<string, string>()
  for (const parameter of rest) {
    const [key = '', value = ''] = parameter.split('=').map((part) => part.trim())
    parameters.set(key.toLowerCase(), value.replace(/^"(.*)"$/, '$1'))
  }
  const quality = Number(parameters.get('q') ?? 1)
  return { name: name.toLowerCase(), quality: quality >= 0 && quality <= 1 ? quality : 0, parameters }
}
