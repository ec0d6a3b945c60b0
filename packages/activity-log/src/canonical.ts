import type { FieldValue } from '@quipu/core'

/** Longest user of a line, in UTF-16 code units; what is longer is cut. */
export const MAX_USER_LENGTH = 256
/** Longest value of a field, in UTF-16 code units before quoting; what is longer is cut. */
export const MAX_VALUE_LENGTH = 1024
/** Longest event name and longest key; a longer one is not a name. */
export const MAX_NAME_LENGTH = 64
/** Most fields of a line; further ones are left out. */
export const MAX_FIELDS = 64

/** What the writers take: an `ActivityEvent`, or one written by hand. */
export interface MetricRecord {
  /** `[a-z][a-z0-9_]*`, at most 64 characters. */
  readonly event: string
  /** Who did it; null when nobody is known. */
  readonly user?: string | null | undefined
  /** In the order they shall be written. Null, undefined, NaN, infinities and objects are left out. */
  readonly fields?: { readonly [name: string]: FieldValue | null | undefined } | undefined
  /** Milliseconds since the Unix epoch: the time of the JSON form. */
  readonly unixMs?: number | undefined
}

/** A record as every form of the line shows it: cleaned, cut, nothing in it but primitives. */
export interface CanonicalRecord {
  readonly event: string
  readonly user: string | null
  readonly fields: readonly (readonly [key: string, value: FieldValue])[]
  readonly unixMs: number | null
}

/** What stands for a user nobody knows (A63); a user of that name cannot be told from it. */
export const UNKNOWN_USER = 'unknown'

const NAME = /^[a-z][a-z0-9_]*$/
/**
 * What could end a line, move a cursor, hide text or turn its direction: controls (C0, DEL, C1 with NEL), format and
 * default-ignorable characters (bidi, zero width, BOM, variation selectors, tags), U+2028, U+2029, lone surrogates (T20, T21).
 */
const INVISIBLE = '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]'
const everyInvisible = new RegExp(INVISIBLE, 'gu')
const anyInvisible = new RegExp(INVISIBLE, 'u')

/** Whether `text` has a character that no line may have. */
export function hasInvisible(text: string): boolean {
  return anyInvisible.test(text)
}

/** Whether `name` can be an event or a key. */
export function isName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= MAX_NAME_LENGTH && NAME.test(name)
}

function cleanText(text: string, max: number): string {
  // Cut first: a megabyte must not be scanned to keep a kilobyte. A character cut in two is a lone surrogate, and goes.
  return text.slice(0, max).replace(everyInvisible, '')
}

function cleanUser(user: unknown): string | null {
  if (typeof user !== 'string') return null
  // Whitespace and brackets would end the token that `cut -d' ' -f2` takes (T19, T21).
  const token = cleanText(user, MAX_USER_LENGTH)
    .trim()
    .replace(/[\s[\]]/g, '_')
  return token === '' || token === UNKNOWN_USER ? null : token
}

/** The value as it is kept, or undefined where there is nothing to say (T22). Objects are never looked into. */
function cleanFieldValue(value: unknown): FieldValue | undefined {
  switch (typeof value) {
    case 'string':
      return cleanText(value, MAX_VALUE_LENGTH)
    case 'number':
      return Number.isFinite(value) ? value : undefined
    case 'bigint':
      return cleanBigint(value)
    case 'boolean':
      return value
    default:
      return undefined
  }
}

const BIGINT_LIMIT = 10n ** BigInt(MAX_VALUE_LENGTH - 1)

/** Left out when its digits would have to be cut: that would be another number. */
function cleanBigint(value: bigint): bigint | undefined {
  return value < BIGINT_LIMIT && value > -BIGINT_LIMIT ? value : undefined
}

/** A property, or undefined where reading it throws: a getter, a revoked proxy. */
function read(source: unknown, key: string): unknown {
  try {
    return typeof source === 'object' && source !== null ? Reflect.get(source, key) : undefined
  } catch {
    return undefined
  }
}

function ownKeys(source: unknown): readonly string[] {
  try {
    return typeof source === 'object' && source !== null ? Object.keys(source) : []
  } catch {
    return []
  }
}

function cleanFields(source: unknown): CanonicalRecord['fields'] {
  const fields: (readonly [string, FieldValue])[] = []
  for (const key of ownKeys(source)) {
    if (!isName(key)) continue
    const value = cleanFieldValue(read(source, key))
    if (value === undefined) continue
    if (fields.push([key, value]) === MAX_FIELDS) break
  }
  return fields
}

/** Reads whatever is passed, never throws, keeps no reference. Null when the event is not a name: then there is no line. */
export function toCanonical(record: unknown): CanonicalRecord | null {
  const event = read(record, 'event')
  if (!isName(event)) return null
  const unixMs = read(record, 'unixMs')
  return {
    event,
    user: cleanUser(read(record, 'user')),
    fields: cleanFields(read(record, 'fields')),
    unixMs: typeof unixMs === 'number' && Number.isFinite(unixMs) ? unixMs : null,
  }
}
