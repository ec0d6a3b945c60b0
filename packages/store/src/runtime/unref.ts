/**
 * Lets the process end although a timer or server is pending. Timers of jsdom, of test tools and of edge runtimes are
 * numbers, or have no `unref`: there it does nothing. Never throws.
 */
export function unref(pending: unknown): void {
  if (typeof pending !== 'object' || pending === null) return
  const method: unknown = Reflect.get(pending, 'unref')
  if (typeof method === 'function') Reflect.apply(method, pending, [])
}
