import type { EventEmitter } from 'node:events'

type Listeners = ReadonlyMap<string | symbol, () => void>

/** The process as an emitter of arbitrary events. */
const emitter: EventEmitter = process

/**
 * Listens to signals without being counted. Node ends a process on a signal without listeners. Libraries that clean up
 * (signal-exit and its users, tsx) check the number of listeners to decide whether they have to end the process;
 * another listener would keep it alive. Returns a function that removes the listeners.
 */
export function listenUncounted(
  signals: readonly NodeJS.Signals[],
  onSignal: (signal: NodeJS.Signals) => void,
): () => void {
  const listeners: Listeners = new Map(signals.map((signal) => [signal, () => onSignal(signal)]))
  for (const [signal, listener] of listeners) emitter.prependListener(signal, listener)
  const show = hide(listeners)
  let isRenewing = false
  // Node stops watching a signal when its last counted listener is removed. removeAllListeners() removes ours as well.
  const renew = (signal: string | symbol): void => {
    const listener = listeners.get(signal)
    if (listener === undefined || isRenewing || emitter.listenerCount(signal) > 0) return
    isRenewing = true
    emitter.removeListener(signal, listener)
    emitter.prependListener(signal, listener)
    isRenewing = false
  }
  emitter.on('removeListener', renew)
  return (): void => {
    emitter.removeListener('removeListener', renew)
    show()
    for (const [signal, listener] of listeners) emitter.removeListener(signal, listener)
  }
}

/** Hides listeners from the methods that list or count listeners. Returns a function that reverses it. */
function hide(hidden: Listeners): () => void {
  const { listenerCount, listeners, rawListeners } = emitter
  let isHiding = true
  const without = (list: typeof listeners): typeof listeners =>
    function (this: EventEmitter, event) {
      const found = list.call(this, event)
      return isHiding ? found.filter((listener) => listener !== hidden.get(event)) : found
    }
  const count: typeof listenerCount = function (this: EventEmitter, event, listener) {
    const own = isHiding ? hidden.get(event) : undefined
    const found = listenerCount.call(this, event, listener)
    return own === undefined || (listener !== undefined && listener !== own)
      ? found
      : found - listenerCount.call(this, event, own)
  }
  const restore = [
    replace('listenerCount', count),
    replace('listeners', without(listeners)),
    replace('rawListeners', without(rawListeners)),
  ]
  return () => {
    isHiding = false
    for (const each of restore) each()
  }
}

/** Replaces a method of the process, unless the object is frozen. Returns a function that reverses it. */
function replace(name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(process, name)
  Reflect.defineProperty(process, name, { value, configurable: true, writable: true })
  return () => {
    // If another library has replaced it since, ours stays in its chain and from now on only passes calls through.
    if (Reflect.get(process, name) !== value) return
    if (before === undefined) Reflect.deleteProperty(process, name)
    else Reflect.defineProperty(process, name, before)
  }
}
