import { httpMethods, type LabelClass } from '@quipu/catalog/builtin'

/** What a value becomes that is not what its label says it is. */
export const OTHER = 'other'
/** What an empty value becomes: Prometheus takes an empty label for an absent one. */
export const UNKNOWN = 'unknown'

const NAME = /^[A-Za-z0-9_.:/+-]+$/
// Display names have spaces (`Claude 3.5 Sonnet`), prompts have more of them.
const MODEL = /^(?=.{1,128}$)[A-Za-z0-9_.:/@+()[\]-]+(?: [A-Za-z0-9_.:/@+()[\]-]+){0,4}$/
const TOOL = /^[A-Za-z0-9_.:-]+$/
const ERROR_TYPE = /^[A-Za-z0-9_.-]{1,64}$/
const MIME = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/
const HOST = /^[A-Za-z0-9_.:[\]-]+$/
// Visible ASCII but for quotes and angle brackets, which no template has and JSON or markup in a path would.
const ROUTE = /^(?:\*|\/[!#-;=?-_a-~]*)$/
const METHODS: ReadonlySet<string> = new Set(httpMethods)
/** A path segment that is an identifier, not part of a template: a number, a UUID, a long hexadecimal string. */
const IDENTIFIER_SEGMENT = /^(?:\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{9,}|[0-9a-f]{16,})$/i
/** A run of letters and digits as keys and tokens have; a parameter's name, in any router's syntax, may be as long. */
const KEY_SEGMENT = /^(?!.*[:{}()[\]*$]).*?(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]{16}/
/** An address of somebody, as it is or as a URL has it: never a model, never a part of a template. */
const E_MAIL = /[^\s/@]+(?:@|%40)[^\s/@]+\.[A-Za-z]{2,}/
/** Control and format characters, separators of lines, surrogates without a partner. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/gu

/**
 * The same text in memory of its own: V8 keeps the whole of a long string for a piece that was cut from it, and a series
 * would keep it for ever.
 */
export function detached(text: string): string {
  return ` ${text}`.slice(1)
}

/** Text without control, format and line-separating characters, cut at `max` without splitting a character. */
export function cleanText(value: string, max: number): string {
  // Cut first: a megabyte must not be scanned to keep a hundred characters of it.
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

/** Values that no router's template contains: an e-mail address, a UUID, a token, a long number. */
const PERSONAL_SEGMENT =
  /^(?:\d{6,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{9,}|eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?)$|[^\s/@]+(?:@|%40)[^\s/@]+\.[A-Za-z]{2,}/i

/** What makes a segment of a route that no router declared a value. */
const VALUE_SEGMENTS = [IDENTIFIER_SEGMENT, PERSONAL_SEGMENT, KEY_SEGMENT]

/** A template as its router declared it, but for what only a router that is made for one request can have declared. */
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

/** The rule of classes that are one pattern; what is empty is not known, what does not fit is something else. */
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
 * The value that a label of this class keeps of a raw one: never content, never longer than `max`.
 * @returns the canonical value; the same value comes out when it is cleaned again.
 */
export function cleanValue(
  value: string,
  labelClass: LabelClass,
  max: number,
  pseudonym: (value: string) => string,
): string {
  if (labelClass === 'id') return value === '' ? UNKNOWN : cleanText(pseudonym(value), max) || UNKNOWN
  if (labelClass === 'text') return cleanText(value, max) || UNKNOWN
  // The parameters of a media type may be long, and go anyway.
  const most = labelClass === 'mime' ? max * 4 : max
  const kept = rules[labelClass](value.length > most ? detached(value.slice(0, most)) : value)
  // A route of many short identifiers grows.
  return kept.length > max ? kept.slice(0, max) : kept
}

/** A label value as a string, or undefined when it is not one that can be a label: symbol, function, object. */
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
