/** One range of an `Accept` or `Accept-Encoding` header. */
export interface AcceptRange {
  /** Lower case: `text/plain`, `gzip`, `*`. */
  readonly name: string
  readonly quality: number
  readonly parameters: ReadonlyMap<string, string>
}

/** A header longer than this is no honest client's; the rest of it is not read. */
const MAX_LENGTH = 4096

/**
 * The ranges of a header in the order a client prefers them: by quality, names before wildcards, then as they were
 * written (RFC 9110 §12.5). Quality 0 means "not this". Never throws; what cannot be read is passed over.
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
