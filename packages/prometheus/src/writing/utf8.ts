let encoder: TextEncoder | undefined

/** The encoder of all pages, made at its first use: a host without TextEncoder, as jsdom in Jest, can load the package. */
export function utf8(): TextEncoder {
  encoder ??= new TextEncoder()
  return encoder
}

/** Bytes of a text that is ASCII, for constants that are made while the package loads. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
