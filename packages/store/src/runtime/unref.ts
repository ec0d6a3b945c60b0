/**
 * Lets the process end although a timer or server is pending. It has no effect on timers without `unref`, such as those
 * of jsdom, test tools and edge runtimes. Never throws.
 *
 * @example
 * unref(setTimeout(poll, 1000))
 */
export function unref(pending: unknown): void {
  if (typeof pending !== 'object' || pending === null) return
  const method: unknown = Reflect.get(pending, 'unref')
  if (typeof method === 'function') Reflect.apply(method, pending, [])
}
