const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Returns whether bytes are this text of ASCII characters. Creates no string, which would cost 0.1 µs or more. */
export function isTextAt(text: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text.charCodeAt(i)) return false
  return true
}

/** Returns the text of ASCII bytes: `known` if it is the same, as the names and identifiers of a stream's chunks are. */
export function textAt(bytes: Uint8Array, from: number, to: number, known: string | undefined): string {
  if (known !== undefined && isTextAt(known, bytes, from, to)) return known
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return buffer.toString('latin1', from, to)
}

/** Returns the index of the quote that ends a string, if all before it is ASCII without escapes; -1 otherwise. */
export function closingQuote(bytes: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0
    if (byte === QUOTE) return i
    if (byte === BACKSLASH || byte >= 0x80) return -1
  }
  return -1
}
