/**
 * Formats a route's path as one line: a pattern unchanged, several as a list, an expression as its source. The number
 * of results is bounded by the number of routes, whatever paths are requested.
 */
export function toTemplate(pattern: unknown): string {
  if (typeof pattern === 'string') return pattern
  if (Array.isArray(pattern)) return pattern.map(toTemplate).join('|')
  return pattern instanceof RegExp ? String(pattern) : ''
}

/** Returns the template of a path below a mount path. */
export function joinTemplates(base: string, path: string): string {
  const outer = base.endsWith('/') ? base.slice(0, -1) : base
  if (path === '' || path === '/') return outer === '' ? path || '/' : outer
  return path.startsWith('/') || outer === '' ? outer + path : `${outer}/${path}`
}
