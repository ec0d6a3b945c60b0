/** Called with an event before its listeners. */
export type OnEvent = (emitter: object, event: unknown, args: readonly unknown[]) => void

type Emit = (this: object, event: unknown, ...args: unknown[]) => unknown

const watched = new WeakMap<object, Set<unknown>>()

/**
 * Has a function see the events of an emitter, or of all emitters of a prototype. It is no listener: whether anything listens to
 * an event often decides what the emitter does. What the function throws is discarded.
 *
 * @param by what watches: it watches a target once
 * @returns whether the target is an emitter
 */
export function watchEvents(target: object, by: unknown, onEvent: OnEvent): boolean {
  const emit: unknown = Reflect.get(target, 'emit')
  if (!isEmit(emit)) return false
  const watchers = watched.get(target) ?? new Set()
  watched.set(target, watchers)
  if (watchers.has(by)) return true
  watchers.add(by)
  const watching: Emit = function (event, ...args) {
    try {
      onEvent(this, event, args)
    } catch {
      // The emitter works as it does alone.
    }
    return Reflect.apply(emit, this, [event, ...args])
  }
  return Reflect.defineProperty(target, 'emit', { value: watching, configurable: true, writable: true })
}

function isEmit(value: unknown): value is Emit {
  return typeof value === 'function'
}
