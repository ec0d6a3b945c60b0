import { httpMethods, type LabelClass } from '@quipu/catalog/builtin'

/** Replaces a value that its label class does not accept. */
export const OTHER = 'other'
/** Replaces an empty value: Prometheus treats an empty label as absent. */
export const UNKNOWN = 'unknown'

const NAME = /^[A-Za-z0-9_.:/+-]+$/
// Display names have few spaces (`Claude 3.5 Sonnet`), prompts have more.
const MODEL = /^(?=.{1,128}$)[A-Za-z0-9_.:/@+()[\]-]+(?: [A-Za-z0-9_.:/@+()[\]-]+){0,4}$/
const TOOL = /^[A-Za-z0-9_.:-]+$/
const ERROR_TYPE = /^[A-Za-z0-9_.-]{1,64}$/
const MIME = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/
const HOST = /^[A-Za-z0-9_.:[\]-]+$/
// Visible ASCII without quotes and angle brackets, which templates do not have, unlike JSON and markup in a path.
const ROUTE = /^(?:\*|\/[!#-;=?-_a-~]*)$/
const METHODS: ReadonlySet<string> = new Set(httpMethods)
/** A path segment that is an identifier and not part of a template: a number, a UUID, a long hexadecimal string. */
const IDENTIFIER_SEGMENT = /^(?:\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{9,}|[0-9a-f]{16,})$/i
/**
 * A run of letters and digits, as in keys and tokens. The name of a parameter, in any router's syntax, may be as long.
 */
const KEY_SEGMENT = /^(?!.*[:{}()[\]*$]).*?(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]{16}/
/** An e-mail address, plain or as in a URL: never part of a model or a template. */
const E_MAIL = /[^\s/@]+(?:@|%40)[^\s/@]+\.[A-Za-z]{2,}/
/** Control and format characters, line separators, lone surrogates. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/gu

/**
 * Returns the same string in its own memory: V8 keeps the whole of a long string for a substring, and a series would
 * keep it forever.
 */
export function detached(text: string): string {
  return ` ${text}`.slice(1)
}

/**
 * Removes control, format and line-separating characters, and cuts at `max` code units without splitting a character.
 * Never throws.
 *
 * @param max maximum number of code units
 * @example
 * cleanText('a\nb', 128) // 'ab'
 */
export function cleanText(value: string, max: number): string {
  // Cut first, so that a megabyte is not scanned for a hundred characters.
  const head = value.length > max * 4 ? detached(value.slice(0, max * 4)) : value
  const visible = head.replace(INVISIBLE, '')
  if (visible.length <= max) return visible
  const last = visible.charCodeAt(max - 1)
  return visible.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max)
}

function cleanRoute(value: string): string {
  if (value === 'unmatched') return value
  const path = value.split(/[?#]/, 1)[0] ?? ''
  if (!ROUTE.test(path)) return 'unmatched'
  return path
    .split('/')
    .map((segment) => (VALUE_SEGMENTS.some((pattern) => pattern.test(segment)) ? ':id' : segment))
    .join('/')
}

/** Values that templates of routers do not contain: an e-mail address, a UUID, a token, a long number. */
const PERSONAL_SEGMENT =
  /^(?:\d{6,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{9,}|eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?)$|[^\s/@]+(?:@|%40)[^\s/@]+\.[A-Za-z]{2,}/i

/** Patterns of segments that are values, for routes that no router declared. */
const VALUE_SEGMENTS = [IDENTIFIER_SEGMENT, PERSONAL_SEGMENT, KEY_SEGMENT]

/** Keeps a template as its router declared it, except for values that only a router created per request can declare. */
export function cleanDeclaredRoute(template: string, max: number): string {
  const segments = cleanText(template, max).split('/')
  return segments.map((segment) => (PERSONAL_SEGMENT.test(segment) ? ':id' : segment)).join('/') || 'unmatched'
}

function cleanStatus(value: string): string {
  return /^[1-5]\d\d$/.test(value) ? value : OTHER
}

function cleanMime(value: string): string {
  const type = (value.split(';', 1)[0] ?? '').trim().toLowerCase()
  return MIME.test(type) ? type : OTHER
}

/** The rule of a class with one pattern: an empty value is unknown, other values that do not match are `other`. */
const matching = (pattern: RegExp) => (value: string) => (pattern.test(value) ? value : value === '' ? UNKNOWN : OTHER)
const matchingModel = matching(MODEL)

const rules: { readonly [C in Exclude<LabelClass, 'id' | 'text'>]: (value: string) => string } = {
  name: matching(NAME),
  model: (value) => (E_MAIL.test(value) ? OTHER : matchingModel(value)),
  tool: matching(TOOL),
  errorType: matching(ERROR_TYPE),
  host: matching(HOST),
  route: cleanRoute,
  method(value) {
    const upper = value.toUpperCase()
    return METHODS.has(upper) ? upper : 'OTHER'
  },
  status: cleanStatus,
  mime: cleanMime,
}

/**
 * Cleans a value for a label of this class. The result never contains content and is never longer than `max`.
 * @returns the canonical value, which cleaning does not change again
 */
export function cleanValue(
  value: string,
  labelClass: LabelClass,
  max: number,
  pseudonym: (value: string) => string,
): string {
  if (labelClass === 'id') return value === '' ? UNKNOWN : cleanText(pseudonym(value), max) || UNKNOWN
  if (labelClass === 'text') return cleanText(value, max) || UNKNOWN
  // The parameters of a media type can be long, and are removed.
  const most = labelClass === 'mime' ? max * 4 : max
  const kept = rules[labelClass](value.length > most ? detached(value.slice(0, most)) : value)
  // Cleaning can lengthen a route of many short identifiers.
  return kept.length > max ? kept.slice(0, max) : kept
}

/** Converts a label value to a string; undefined for a symbol, function or object. */
export function toLabelString(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value)
    default:
      return undefined
  }
}
