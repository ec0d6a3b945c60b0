/** What this server calls a token: a word. */
export function countTokens(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length
}
