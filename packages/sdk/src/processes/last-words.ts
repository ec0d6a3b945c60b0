import { isThreadOfLiving, type ProcessId } from './process-id.js'

/** Who has started a thread may not run Quipu, or hang: then nobody says the thread's last words. */
const PATIENCE_MS = 5000

/**
 * Whether there may still be something to come of a dead one. Of a thread there is until who started it has published what
 * the thread could not, and said that it is dead: what is put away before that misses it.
 */
export function createLastWords(nowMs: () => number): {
  areAwaited(id: ProcessId): boolean
  forget(id: ProcessId): void
} {
  const since = new Map<ProcessId, number>()
  return {
    areAwaited(id) {
      if (!isThreadOfLiving(id)) return false
      const from = since.get(id) ?? nowMs()
      since.set(id, from)
      return nowMs() - from < PATIENCE_MS
    },
    forget: (id) => void since.delete(id),
  }
}
