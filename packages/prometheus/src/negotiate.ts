import { type AcceptRange, parseAccept } from './accept-header.js'
import { defaultFormat, formats, isOurProtobuf, type PageFormat } from './format.js'

/**
 * The format that a client likes best of those there are; text 0.0.4 when it names none of them, as promhttp does
 * (a scrape that gets something beats one that gets 406).
 *
 * `escaping=` is answered: `allow-utf-8` and `underscores` as asked, every other scheme with `underscores`. All names on
 * our pages are legal without escaping, so that the body is the same.
 */
export function negotiateFormat(accept: string | undefined): PageFormat {
  for (const range of parseAccept(accept)) {
    const format = range.quality > 0 ? formatOf(range) : undefined
    if (format === undefined) continue
    const escaping = range.parameters.get('escaping')
    if (escaping === undefined) return format
    const scheme = escaping === 'allow-utf-8' ? escaping : 'underscores'
    return { ...format, contentType: `${format.contentType}; escaping=${scheme}` }
  }
  return defaultFormat
}

function formatOf({ name, parameters }: AcceptRange): PageFormat | undefined {
  if (name === '*/*' || name === 'text/*') return defaultFormat
  const versions: { readonly [version: string]: PageFormat } | undefined = Object.hasOwn(formats, name)
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
