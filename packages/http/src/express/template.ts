/**
 * Formats a route's path as one line: a pattern unchanged, several as a list, an expression as its source. The number
 * of results is bounded by the number of routes, for any requested paths.
 */
export function toTemplate(pattern: unknown): string {
  if (typeof pattern === 'string') return pattern
  if (Array.isArray(pattern)) return pattern.map(toTemplate).join('|')
  return pattern instanceof RegExp ? String(pattern) : ''
}

/**
 * Returns whether the application has set `url` back to the whole path within a mounted router, whose routes then declare whole
 * paths too.
 * @param matched the part of the path that the router has just removed from `url`
 */
export function hasWholeUrl(request: object, matched: string): boolean {
  const url: unknown = Reflect.get(request, 'url')
  const whole: unknown = Reflect.get(request, 'originalUrl')
  if (typeof url !== 'string' || typeof whole !== 'string' || url.length + matched.length !== whole.length) return false
  return whole.startsWith(matched) && whole.endsWith(url)
}

/** Returns the template of a path below a mount path. */
export function joinTemplates(base: string, path: string): string {
  const outer = base.endsWith('/') ? base.slice(0, -1) : base
  if (path === '' || path === '/') return outer === '' ? path || '/' : outer
  return path.startsWith('/') || outer === '' ? outer + path : `${outer}/${path}`
}
