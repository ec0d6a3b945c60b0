/** A token of this server is a word. */
export function countTokens(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length
}
