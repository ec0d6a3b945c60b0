import type { ActivityEvent, ActivityListener, ActivityListenerOptions } from './activity.js'

/** Most events that wait for a first listener. */
const MAX_WAITING = 1000

/** Hands events to its listeners; events from before the first listener wait for it, so that a late start loses nothing. */
export interface ActivityStream {
  emit(event: ActivityEvent): void
  listen(listener: ActivityListener, options?: ActivityListenerOptions): () => void
}

export function createActivityStream(
  guard: (site: string, fn: () => void) => void,
  drop: (metric: string, reason: string) => void,
): ActivityStream {
  let listeners: readonly ActivityListener[] = []
  /** Whether the only listener is one that gives way. */
  let givesWay = false
  let waiting: ActivityEvent[] | undefined
  let delivering = false
  const deliver = (event: ActivityEvent): void => {
    delivering = true
    try {
      for (const listener of listeners) guard('activity_listener', () => listener(event))
    } finally {
      delivering = false
    }
  }
  return {
    emit(event) {
      // A listener that says events would hear them, and say more, without end.
      if (delivering) return drop('activity', 'reentrant')
      if (listeners.length > 0) return deliver(event)
      waiting ??= []
      if (waiting.length < MAX_WAITING) waiting.push(event)
      else drop('activity', 'queue_full')
    },
    listen(listener, options) {
      if (options?.givesWay && listeners.length > 0) return () => undefined
      listeners = givesWay ? [listener] : [...listeners, listener]
      givesWay = options?.givesWay === true
      const held = waiting ?? []
      waiting = undefined
      for (const event of held) deliver(event)
      return () => {
        listeners = listeners.filter((other) => other !== listener)
      }
    },
  }
}
