/**
 * Bytes of a text in UTF-8, counted without encoding it; a lone surrogate counts as the three bytes of U+FFFD that it
 * would be written as.
 */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) bytes += 1
    else if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 2
      i++
    } else bytes += 2
  }
  return bytes
}

/** Counts the UTF-8 bytes of a text that comes in pieces, also where a piece ends inside a character. */
export function createUtf8Counter(): { add(piece: string): void; readonly bytes: number } {
  let bytes = 0
  let open = false
  return {
    add(piece) {
      if (piece === '') return
      // Two halves of a surrogate pair were counted as three bytes each, where the pair takes four.
      if (open && isLowSurrogate(piece.charCodeAt(0))) bytes -= 2
      bytes += utf8Length(piece)
      open = isHighSurrogate(piece.charCodeAt(piece.length - 1))
    },
    get bytes() {
      return bytes
    },
  }
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff
