import { MAX_FIELDS, MAX_NAME_LENGTH, MAX_USER_LENGTH, MAX_VALUE_LENGTH } from '@quipu/activity-log'
import { endOfName, hasKey, isUser, type Spans } from './scan-line.js'

const TIME = Buffer.from('{"time":"')
const NO_TIME = Buffer.from('{"time":null,"event":"')
const EVENT = Buffer.from('","event":"')
const USER = Buffer.from('","user":')
const FIELDS = Buffer.from(',"fields":{')
const KEY_END = Buffer.from('":')
const [NULL, TRUE, FALSE] = [Buffer.from('null'), Buffer.from('true'), Buffer.from('false')]
/** `2026-01-28T09:30:00.000Z` */
const TIME_LENGTH = 24
/** Integers of at most this many digits are exact. */
const MOST_DIGITS = 15

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39
const BACKSLASH = 0x5c
const CLOSE = 0x7d

/**
 * Finds the parts of a plain JSON line in its bytes, many times faster than `parseMetricJson` in its text. A plain line has
 * printable ASCII without escapes, integers and booleans; the exact parser reads it the same way.
 *
 * @param at position of the line
 * @param end position of the newline
 * @param spans receives the parts; the user is empty where it is null, a string's span is without its quotes
 * @returns the number of fields; -1 for a line that only the exact parser can judge
 */
export function scanJsonLine(bytes: Uint8Array, at: number, end: number, spans: Spans): number {
  const hasTime = isAt(TIME, bytes, at, end)
  const event = hasTime ? skip(EVENT, bytes, at + TIME.length + TIME_LENGTH, end) : skip(NO_TIME, bytes, at, end)
  const eventEnd = event < 0 ? -1 : endOfName(bytes, event, end)
  const user = eventEnd < 0 ? -1 : skip(USER, bytes, eventEnd, end)
  if (user < 0) return -1
  spans[2] = event
  spans[3] = eventEnd
  const userEnd = scanUser(bytes, user, end, spans)
  const fields = userEnd < 0 ? -1 : skip(FIELDS, bytes, userEnd, end)
  return fields < 0 ? -1 : scanFields(bytes, fields, end, spans)
}

/** The bytes of a line's time, which begin here; undefined for a line without a time. */
export function timeAt(bytes: Buffer, at: number): string | undefined {
  return bytes[at + TIME.length - 1] === QUOTE
    ? bytes.toString('latin1', at + TIME.length, at + TIME.length + TIME_LENGTH)
    : undefined
}

/** Returns the position after the user. */
function scanUser(bytes: Uint8Array, at: number, end: number, spans: Spans): number {
  if (bytes[at] !== QUOTE) {
    spans[0] = 0
    spans[1] = 0
    return skip(NULL, bytes, at, end)
  }
  let position = at + 1
  while (position < end && isUser(bytes[position] as number) && isPlain(bytes[position] as number)) position++
  const length = position - at - 1
  if (length === 0 || length > MAX_USER_LENGTH || bytes[position] !== QUOTE) return -1
  spans[0] = at + 1
  spans[1] = position
  return position + 1
}

function scanFields(bytes: Uint8Array, at: number, end: number, spans: Spans): number {
  // `}}` ends the line.
  if (bytes[at] === CLOSE) return bytes[at + 1] === CLOSE && at + 2 === end ? 0 : -1
  let position = at
  for (let count = 0; count < MAX_FIELDS; ) {
    const key = position + 1
    const keyEnd = bytes[position] === QUOTE ? endOfName(bytes, key, end) : -1
    if (keyEnd < 0 || keyEnd - key > MAX_NAME_LENGTH || hasKey(bytes, key, keyEnd, spans, count)) return -1
    const value = skip(KEY_END, bytes, keyEnd, end)
    if (value < 0) return -1
    const isText = bytes[value] === QUOTE
    const valueEnd = isText ? endOfText(bytes, value + 1, end) : endOfPlainValue(bytes, value, end)
    if (valueEnd < 0) return -1
    const slot = 4 + 4 * count++
    spans[slot] = key
    spans[slot + 1] = keyEnd
    spans[slot + 2] = isText ? value + 1 : value
    spans[slot + 3] = valueEnd
    position = isText ? valueEnd + 1 : valueEnd
    if (bytes[position] === CLOSE) return bytes[position + 1] === CLOSE && position + 2 === end ? count : -1
    if (bytes[position] !== COMMA) return -1
    position++
  }
  return -1
}

/** Returns the position of the closing quote. */
function endOfText(bytes: Uint8Array, at: number, end: number): number {
  let position = at
  while (position < end && isPlain(bytes[position] as number)) position++
  return bytes[position] === QUOTE && position - at <= MAX_VALUE_LENGTH ? position : -1
}

/** Returns the end of an integer or boolean, in the form in which JSON.stringify writes it. */
function endOfPlainValue(bytes: Uint8Array, at: number, end: number): number {
  const digits = bytes[at] === MINUS ? at + 1 : at
  let position = digits
  while (position < end && (bytes[position] as number) >= ZERO && (bytes[position] as number) <= NINE) position++
  const length = position - digits
  if (length === 0) return digits === at ? Math.max(skip(TRUE, bytes, at, end), skip(FALSE, bytes, at, end)) : -1
  const isZero = bytes[digits] === ZERO
  return length > MOST_DIGITS || (isZero && (length > 1 || digits > at)) ? -1 : position
}

/** Printable ASCII that JSON does not escape. */
function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f && byte !== QUOTE && byte !== BACKSLASH
}

/** Returns the position after these bytes; -1 if other bytes are here. */
function skip(expected: Uint8Array, bytes: Uint8Array, at: number, end: number): number {
  return isAt(expected, bytes, at, end) ? at + expected.length : -1
}

function isAt(expected: Uint8Array, bytes: Uint8Array, at: number, end: number): boolean {
  if (at + expected.length > end) return false
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false
  return true
}
