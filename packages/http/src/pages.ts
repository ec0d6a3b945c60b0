/**
 * Whether a request is for one of the pages, whatever its query: exactly `/metrics` and `/custom_metrics`, which are not
 * counted.
 */
export function isPage(url: string | undefined): boolean {
  if (url === undefined) return false
  // The second character of nearly every URL differs.
  const second = url.charCodeAt(1)
  if (second !== 0x6d && second !== 0x63) return false
  return /^\/(?:custom_)?metrics(?:\?|$)/.test(url)
}
