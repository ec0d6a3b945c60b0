/** Splits the target of a request line into path and query. Never throws, unlike `new URL` (CVE-2026-44902). */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  // A proxy sends the absolute form, which a server must accept (RFC 9112 §3.2.2).
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target)?.[0] ?? ''
  const rest = target.slice(origin.length).split('#', 1)[0] ?? ''
  const mark = rest.indexOf('?')
  return mark < 0 ? { path: rest, query: '' } : { path: rest.slice(0, mark), query: rest.slice(mark + 1) }
}

/** Returns the distinct names of a `name[]` query, sorted. Never throws. */
export function namesOf(query: string): readonly string[] {
  return query === '' ? [] : [...new Set(new URLSearchParams(query).getAll('name[]'))].sort()
}
