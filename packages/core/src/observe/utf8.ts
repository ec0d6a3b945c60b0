/** Counts the bytes of a string in UTF-8 without encoding it. A lone surrogate counts as the three bytes of U+FFFD. */
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

/** Counts the UTF-8 bytes of a string in pieces, which may end within a character. */
export function createUtf8Counter(): { add(piece: string): void; readonly bytes: number } {
  let bytes = 0
  let open = false
  return {
    add(piece) {
      if (piece === '') return
      // The two halves of a surrogate pair were counted as three bytes each, but the pair has four.
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
