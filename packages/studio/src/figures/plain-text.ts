// Characters that are invisible, or that change the order of the characters around them.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Returns a readable form of a label value: characters that are invisible or reorder text are written as their codes. */
export function plainText(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
}
