/**
 * Returns whether a request is for `/metrics` or `/custom_metrics`, with any query. Requests for the pages are not
 * counted.
 */
export function isPage(url: string | undefined): boolean {
  if (url === undefined) return false
  // Fast path: the second character of most URLs differs.
  const second = url.charCodeAt(1)
  if (second !== 0x6d && second !== 0x63) return false
  return /^\/(?:custom_)?metrics(?:\?|$)/.test(url)
}
