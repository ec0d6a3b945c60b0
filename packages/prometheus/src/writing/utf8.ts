let encoder: TextEncoder | undefined

/**
 * Returns the encoder of all pages. It is created on first use, so that hosts without TextEncoder, such as jsdom in
 * Jest, can load the package.
 */
export function utf8(): TextEncoder {
  encoder ??= new TextEncoder()
  return encoder
}

/** Encodes ASCII text, for constants that are created while the package loads. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
