import type { ActivityEvent, ActivityListener, ActivityListenerOptions } from './activity.js'

/** Maximum number of events that wait for a first listener. */
const MAX_WAITING = 1000

/** Passes events to listeners. Events from before the first listener wait for it, so that a late start loses none. */
export interface ActivityStream {
  emit(event: ActivityEvent): void
  /**
   * Emits an event when the promise of its user, which never rejects, has resolved, or unchanged if `emitPending` is called
   * earlier.
   */
  emitLater(event: ActivityEvent, named: Promise<ActivityEvent>): void
  /** Emits the events that wait for their user. */
  emitPending(): void
  listen(listener: ActivityListener, options?: ActivityListenerOptions): () => void
}

export function createActivityStream(
  guard: (site: string, fn: () => void) => void,
  drop: (metric: string, reason: string) => void,
): ActivityStream {
  let listeners: readonly ActivityListener[] = []
  /** Whether the only listener is replaceable. */
  let isReplaceable = false
  let waiting: ActivityEvent[] = []
  let delivering = false
  const deliver = (event: ActivityEvent): void => {
    delivering = true
    try {
      for (const listener of listeners) guard('activity_listener', () => listener(event))
    } finally {
      delivering = false
    }
  }
  const emit = (event: ActivityEvent): void => {
    // A listener that emits events would receive them and emit more, without end.
    if (delivering) drop('activity', 'reentrant')
    else if (listeners.length > 0) deliver(event)
    else if (waiting.length < MAX_WAITING) waiting.push(event)
    else drop('activity', 'queue_full')
  }
  const unnamed = new Set<ActivityEvent>()
  return {
    emit,
    emitLater(event, named) {
      if (unnamed.size >= MAX_WAITING) return emit(event)
      unnamed.add(event)
      named.then((known) => unnamed.delete(event) && emit(known))
    },
    emitPending() {
      const events = [...unnamed]
      unnamed.clear()
      for (const event of events) emit(event)
    },
    listen(listener, options) {
      if (options?.isReplaceable && listeners.length > 0) return () => undefined
      listeners = isReplaceable ? [listener] : [...listeners, listener]
      isReplaceable = options?.isReplaceable === true
      const held = waiting
      waiting = []
      for (const event of held) deliver(event)
      return () => {
        listeners = listeners.filter((other) => other !== listener)
      }
    },
  }
}
