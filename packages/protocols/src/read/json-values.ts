import type { Selection } from './selection.js'

/** The selection of a value; undefined for a skipped one. */
export type Node = Selection | undefined

/** Returns whether a container of this kind is read. */
export function isSelected(node: Node, isArray: boolean): boolean {
  if (isArray) return Array.isArray(node)
  return node === 'numbers' || (typeof node === 'object' && !Array.isArray(node))
}

/** Parses a number; undefined for any other text. */
export function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}

/** Returns whether a text can be a number or literal of JSON; digits after the first are not checked. */
export function isScalar(text: string): boolean {
  return /^(?:-?\d.*|true|false|null)$/.test(text)
}

/** The value of a number or literal for a selection. */
export function scalarValue(text: string, node: Node): unknown {
  if (text === 'null') return undefined
  switch (node) {
    case 'number':
    case 'numbers':
      return toNumber(text)
    case 'text':
      return toNumber(text) === undefined ? undefined : text
    case 'flag':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'items':
      return 1
    case 'present':
      return text !== 'false'
    default:
      return undefined
  }
}

const names = new WeakMap<object, readonly string[]>()

/** The names of the members that a selection reads. */
export function namesOf(selection: object): readonly string[] {
  const known = names.get(selection)
  if (known !== undefined) return known
  const own = Object.keys(selection)
  names.set(selection, own)
  return own
}
