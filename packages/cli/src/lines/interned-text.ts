const SLOTS = 1 << 12
/** Longer texts rarely repeat. */
const MOST_BYTES = 64

/** Converts ASCII bytes to strings; recently converted bytes give the same string again. */
export type InternText = (bytes: Buffer, start: number, end: number) => string

/** Creates a cache of strings: creating a string costs several times as much as comparing with a known one. */
export function createInternedText(): InternText {
  const texts: (string | undefined)[] = new Array(SLOTS).fill(undefined)
  return (bytes, start, end) => {
    const length = end - start
    if (length > MOST_BYTES) return bytes.toString('latin1', start, end)
    let hash = length
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    const known = texts[slot]
    if (known !== undefined && isSame(known, bytes, start, length)) return known
    const text = bytes.toString('latin1', start, end)
    texts[slot] = text
    return text
  }
}

function isSame(text: string, bytes: Buffer, start: number, length: number): boolean {
  if (text.length !== length) return false
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false
  return true
}
