/** Shorter runs are searched byte by byte, which is faster than calls of `indexOf`. */
const SHORT_RUN = 24
/** Bytes searched at first by `indexOf`, and the factor of each further range. */
const FIRST_RANGE = 256
const GROWTH = 4

/** A set of ASCII characters to search for. */
export interface Marks {
  readonly codes: readonly number[]
  /** 1 at the code of each character of the set. */
  readonly table: Uint8Array
}

/** Returns a set of ASCII characters to search for. */
export function marksOf(characters: string): Marks {
  const codes = Array.from(characters, (each) => each.charCodeAt(0))
  const table = new Uint8Array(256)
  for (const code of codes) table[code] = 1
  return { codes, table }
}

/**
 * Returns the index of the first byte that is one of the characters, or `to`. `indexOf` searches 64 KiB of numbers in
 * 2 µs, a loop in 50 µs. The searched range grows, so that a near byte of one character spares the search for all others
 * in what follows it.
 */
export function runEnd(bytes: Uint8Array, from: number, to: number, { codes, table }: Marks): number {
  const near = Math.min(from + SHORT_RUN, to)
  for (let i = from; i < near; i++) if (table[bytes[i] ?? 0] === 1) return i
  let start = near
  for (let size = FIRST_RANGE; start < to; size *= GROWTH) {
    const end = Math.min(start + size, to)
    const found = firstOf(bytes.subarray(start, end), codes)
    if (start + found < end) return start + found
    start = end
  }
  return to
}

/** Returns the index of the first byte that is one of the codes, or the length. */
function firstOf(range: Uint8Array, codes: readonly number[]): number {
  let before = range
  for (const code of codes) {
    const index = before.indexOf(code)
    if (index !== -1) before = before.subarray(0, index)
  }
  return before.length
}
