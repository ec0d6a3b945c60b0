import { type EscapingScheme, toEscapingScheme } from '../families/escaping.js'
import { defaultFormat, formats, isOurProtobuf, type KnownFormat, type PageFormat } from '../writing/format.js'
import { type AcceptRange, parseAccept } from './accept-header.js'

/** Whether names are always those of the documents, or keep dots and other characters for clients that take them. */
export type PageNames = 'escaped' | 'utf-8'

/**
 * The format that a client likes best of those there are; text 0.0.4 when it names none of them, as promhttp does
 * (a scrape that gets something beats one that gets 406).
 *
 * `escaping=` is answered. With the names `utf-8` all four schemes are, but for `allow-utf-8` in a format whose version
 * knows no quoted names (text 0.0.4, OpenMetrics 0.0.1). With the names `escaped`, the default, the page is the same
 * whatever is asked: every name is legal as it is, which `allow-utf-8` and `underscores` both allow.
 */
export function negotiateFormat(accept: string | undefined, names: PageNames = 'escaped'): PageFormat {
  const ranges = parseAccept(accept)
  for (const range of ranges) {
    const format = range.quality > 0 ? formatOf(range) : undefined
    if (format === undefined) continue
    const asked = range.parameters.get('escaping') ?? (names === 'utf-8' ? escapingBeside(format, ranges) : undefined)
    if (asked === undefined) return format
    if (names === 'escaped') {
      return { ...format, contentType: withEscaping(format, asked === 'allow-utf-8' ? asked : 'underscores') }
    }
    const scheme = toEscapingScheme(asked) ?? 'underscores'
    const escaping = scheme === 'allow-utf-8' && !format.quotesNames ? 'underscores' : scheme
    return { ...format, contentType: withEscaping(format, escaping), escaping }
  }
  return defaultFormat
}

/**
 * Prometheus asks for a scheme with its text formats only. Protobuf gets the same one: a metric would else have another
 * name as soon as native histograms are scraped.
 */
function escapingBeside({ language }: PageFormat, ranges: readonly AcceptRange[]): string | undefined {
  if (language !== 'protobuf') return undefined
  return ranges.find(({ quality, parameters }) => quality > 0 && parameters.has('escaping'))?.parameters.get('escaping')
}

function withEscaping({ contentType }: PageFormat, scheme: EscapingScheme): string {
  return `${contentType}; escaping=${scheme}`
}

function formatOf({ name, parameters }: AcceptRange): KnownFormat | undefined {
  if (name === '*/*' || name === 'text/*') return defaultFormat
  const versions: { readonly [version: string]: KnownFormat } | undefined = Object.hasOwn(formats, name)
    ? formats[name as keyof typeof formats]
    : undefined
  if (versions === undefined || !isOurProtobuf(parameters)) return undefined
  const version = parameters.get('version') ?? ''
  if (version === '') return Object.values(versions)[0]
  return Object.hasOwn(versions, version) ? versions[version] : undefined
}

/** How a body can be made smaller on the way; `identity` is not at all. */
export type ContentCoding = 'zstd' | 'gzip' | 'identity'

/** The coding that a client likes best of those that can be made here; between equals the first of `available`. */
export function negotiateCoding(
  acceptEncoding: string | undefined,
  available: readonly ContentCoding[],
): ContentCoding {
  const ranges = parseAccept(acceptEncoding)
  const qualityOf = (coding: ContentCoding): number =>
    ranges.find(({ name }) => name === coding)?.quality ?? ranges.find(({ name }) => name === '*')?.quality ?? 0
  let best: ContentCoding = 'identity'
  let bestQuality = ranges.find(({ name }) => name === 'identity')?.quality ?? 0
  for (const coding of available) {
    const quality = qualityOf(coding)
    if (quality > bestQuality || (quality === bestQuality && best === 'identity' && quality > 0)) {
      best = coding
      bestQuality = quality
    }
  }
  return best
}
