import { type EscapingScheme, toEscapingScheme } from '../families/escaping.js'
import { defaultFormat, formats, isOurProtobuf, type KnownFormat, type PageFormat } from '../writing/format.js'
import { type AcceptRange, parseAccept } from './accept-header.js'

/** Whether names are always the documented ones, or keep dots and other characters for clients that accept them. */
export type PageNames = 'escaped' | 'utf-8'

/**
 * Selects the format that a client prefers; text 0.0.4 when it accepts none of them, as promhttp does, because any page
 * is more useful than a 406 response.
 *
 * The result reflects `escaping=`. With the names `utf-8` all four schemes are available, except `allow-utf-8` in a
 * format whose version lacks quoted names (text 0.0.4, OpenMetrics 0.0.1). With the names `escaped`, the default, all
 * clients get the same names, which `allow-utf-8` and `underscores` both permit.
 *
 * @param accept the `Accept` header
 * @returns the format; never throws
 * @example
 * negotiateFormat('application/openmetrics-text;version=1.0.0').contentType // 'application/openmetrics-text; …'
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
 * Prometheus sends a scheme with its text formats only. Protobuf gets the same scheme, so that a metric keeps its name
 * when native histograms are enabled.
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

/** Content coding of a body; `identity` is uncompressed. */
export type ContentCoding = 'zstd' | 'gzip' | 'identity'

/** Selects the coding that a client prefers among `available`; of several, the first. */
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
