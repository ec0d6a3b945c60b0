/** The pages that are not counted: exactly these paths, no others that begin alike (S1, S2). */
const PAGES: ReadonlySet<string> = new Set(['/metrics', '/custom_metrics'])

/** Whether a request's URL is one of the pages, whatever its query. */
export function isPage(url: string | undefined): boolean {
  if (url === undefined) return false
  const query = url.indexOf('?')
  return PAGES.has(query < 0 ? url : url.slice(0, query))
}
