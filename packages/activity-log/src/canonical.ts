import type { FieldValue } from '@quipu/core'

/** Longest user on a line, in UTF-16 code units; a longer one is cut. */
export const MAX_USER_LENGTH = 256
/** Longest value of a field, in UTF-16 code units before quoting; a longer one is cut. */
export const MAX_VALUE_LENGTH = 1024
/** Longest event name and longest key, in UTF-16 code units; a longer one is not a name. */
export const MAX_NAME_LENGTH = 64
/** Most fields on a line; further fields are left out. */
export const MAX_FIELDS = 64

/** The input of the writers: an `ActivityEvent`, or an object of the same shape. */
export interface MetricRecord {
  /** `[a-z][a-z0-9_]*`, at most 64 characters. */
  readonly event: string
  /** The user; null when unknown. */
  readonly user?: string | null | undefined
  /** Written in this order. Null, undefined, NaN, infinities and objects are left out. */
  readonly fields?: { readonly [name: string]: FieldValue | null | undefined } | undefined
  /** Milliseconds since the Unix epoch: the time of the JSON form. */
  readonly unixMs?: number | undefined
}

/** A cleaned record, as text and JSON lines show it: every value is a primitive of bounded length. */
export interface CanonicalRecord {
  readonly event: string
  readonly user: string | null
  readonly fields: readonly (readonly [key: string, value: FieldValue])[]
  readonly unixMs: number | null
}

/** Stands for an unknown user; a user with this name looks the same. */
export const UNKNOWN_USER = 'unknown'

const NAME = /^[a-z][a-z0-9_]*$/
/**
 * Characters that could end a line, move a cursor, hide text or change its direction: controls (C0, DEL, C1 with NEL),
 * format and default-ignorable characters (bidi, zero width, BOM, variation selectors, tags), U+2028, U+2029 and lone
 * surrogates.
 */
const INVISIBLE = '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]'
const everyInvisible = new RegExp(INVISIBLE, 'gu')
const anyInvisible = new RegExp(INVISIBLE, 'u')

/** Whether `text` has a character that must not be on a line. */
export function hasInvisible(text: string): boolean {
  return anyInvisible.test(text)
}

/** Whether `name` can be an event or a key. */
export function isName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= MAX_NAME_LENGTH && NAME.test(name)
}

function cleanText(text: string, max: number): string {
  // Cut first: scanning a megabyte to keep a kilobyte is wasted. A surrogate pair cut in half is removed with the rest.
  return text.slice(0, max).replace(everyInvisible, '')
}

function cleanUser(user: unknown): string | null {
  if (typeof user !== 'string') return null
  // Whitespace and brackets would end the token that `cut -d' ' -f2` reads.
  const token = cleanText(user, MAX_USER_LENGTH)
    .trim()
    .replace(/[\s[\]]/g, '_')
  return token === '' || token === UNKNOWN_USER ? null : token
}

/** The cleaned value; undefined for a value that is left out. Objects are never read. */
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

/** Undefined when the digits would have to be cut: the rest would be another number. */
function cleanBigint(value: bigint): bigint | undefined {
  return value < BIGINT_LIMIT && value > -BIGINT_LIMIT ? value : undefined
}

/** Reads a property; undefined when a getter or a revoked proxy throws. */
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

/** Cleans any input; null when the event is not a name, which has no line. Never throws and keeps no reference. */
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
