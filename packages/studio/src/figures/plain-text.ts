// Characters that are invisible, or that change the order of the characters around them.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** A label's value as it can be read: what would be invisible or reorder the text is written as its code. */
export function plainText(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
}
