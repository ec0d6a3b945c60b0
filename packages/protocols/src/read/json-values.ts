import { isTextAt } from './ascii.js'
import type { Plan } from './plan.js'

/** A number or literal of JSON; undefined for one that starts as a number and is not. */
type Scalar = number | boolean | null | undefined

/** Returns whether a container of this kind is read. */
export function isSelected(plan: Plan | undefined, isArray: boolean): boolean {
  if (plan === undefined) return false
  return isArray ? plan.element !== undefined : plan.members !== undefined || plan.leaf === 'numbers'
}

/** Parses a number; undefined for any other text. */
function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}

/** Returns whether a text can be a number or literal of JSON; digits after the first are not checked. */
export function isScalar(text: string): boolean {
  return /^(?:-?\d.*|true|false|null)$/.test(text)
}

/** Returns whether a byte can be part of a number, `true`, `false` or `null`. */
export function isScalarByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e ||
    byte === 0x45
  )
}

/** Longest number in digits that is exact. */
const MAX_DIGITS = 15

/** Reads a short whole number or a literal without a string of it; undefined for anything else. */
export function plainScalar(bytes: Uint8Array, from: number, to: number): Scalar {
  if (to - from > MAX_DIGITS) return undefined
  let value = 0
  for (let i = from; i < to; i++) {
    const digit = (bytes[i] ?? 0) - 0x30
    if (digit < 0 || digit > 9) return i === from ? literalAt(bytes, from, to) : undefined
    value = value * 10 + digit
  }
  return value
}

function literalAt(bytes: Uint8Array, from: number, to: number): boolean | null | undefined {
  if (isTextAt('null', bytes, from, to)) return null
  if (isTextAt('false', bytes, from, to)) return false
  return isTextAt('true', bytes, from, to) ? true : undefined
}

/** Reads a number or literal. */
export function scalarOf(text: string): Scalar {
  return text === 'null' ? null : text === 'true' ? true : text === 'false' ? false : toNumber(text)
}

/** The value of a number or literal for a selection. */
export function scalarValue(scalar: Scalar, plan: Plan | undefined): unknown {
  if (scalar === null) return undefined
  switch (plan?.leaf) {
    case 'number':
    case 'numbers':
      return typeof scalar === 'number' ? scalar : undefined
    case 'flag':
      return typeof scalar === 'boolean' ? scalar : undefined
    case 'items':
      return 1
    case 'present':
      return scalar !== false
    default:
      return undefined
  }
}

/** The value of a string for a selection: `text` is undefined where it is too long. */
export function stringValue(text: string | undefined, byteLength: number, plan: Plan | undefined): unknown {
  switch (plan?.leaf) {
    case 'text':
      return text
    case 'number':
      return toNumber(text)
    case 'bytes':
      return byteLength
    case 'items':
      return 1
    case 'present':
      return byteLength > 0
    default:
      return undefined
  }
}
