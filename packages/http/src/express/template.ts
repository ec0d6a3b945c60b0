/**
 * A route's path as one line: a pattern as it was written, of several the ones there are, an expression as its source. The
 * number of such lines is the number of routes, whatever is requested.
 */
export function toTemplate(pattern: unknown): string {
  if (typeof pattern === 'string') return pattern
  if (Array.isArray(pattern)) return pattern.map(toTemplate).join('|')
  return pattern instanceof RegExp ? String(pattern) : ''
}

/** The template of a path within a mount path. */
export function joinTemplates(base: string, path: string): string {
  const outer = base.endsWith('/') ? base.slice(0, -1) : base
  if (path === '' || path === '/') return outer === '' ? path || '/' : outer
  return path.startsWith('/') || outer === '' ? outer + path : `${outer}/${path}`
}
