import { createIdPseudonyms } from '@quipu/store'
import type { Recording } from './recording.js'
import type { SessionOptions } from './session-options.js'

/** Maximum number of sessions that are distinguished by id; further ones are only counted. */
const MAX_SESSIONS = 100_000

/** The open sessions of one recorder, with the gauge of their number. */
export interface Sessions {
  /**
   * Starts a session; repeated ids are one session. Without an id, the session is only counted.
   * @param idleTimeoutMs its own time limit, in place of that of the options
   */
  start(id?: string, idleTimeoutMs?: number): void
  /** Marks a session as active. */
  touch(id: string): void
  /** Ends a session. An unknown id has no effect, and the gauge never becomes negative. */
  end(id?: string): void
  /** Ends idle sessions; called before every reading. */
  sweep(): void
}

/**
 * Stores pseudonyms of session ids, never the ids, which grant access.
 * @param options read at every sweep, because `start()` may come after the first session
 */
export function createSessions(recording: Recording, options: () => SessionOptions | undefined): Sessions {
  // A separate key: the key of the recorder's ids may change, and a session must end under its first id.
  const { pseudonym } = createIdPseudonyms(() => undefined)
  const lastSeen = new Map<string, number>()
  /** Time limits of sessions that have their own. */
  const limits = new Map<string, number>()
  /** Sessions without an id, and those beyond the maximum. */
  let anonymous = 0
  let overflowing = 0
  const show = (): void => recording.write('app_active_sessions', lastSeen.size + anonymous + overflowing)
  const remove = (key: string): boolean => {
    limits.delete(key)
    return lastSeen.delete(key)
  }
  const keyOf = (id: unknown): string | undefined =>
    id === undefined || id === null ? undefined : pseudonym(String(id))

  return {
    start(id, idleTimeoutMs) {
      const key = keyOf(id)
      if (key === undefined) anonymous++
      else if (lastSeen.size >= MAX_SESSIONS && !lastSeen.has(key)) overflowing++
      else {
        lastSeen.set(key, recording.clock.monotonicMs())
        if (typeof idleTimeoutMs === 'number' && idleTimeoutMs > 0) limits.set(key, idleTimeoutMs)
      }
      show()
    },
    touch(id) {
      const key = keyOf(id)
      if (key !== undefined && lastSeen.has(key)) lastSeen.set(key, recording.clock.monotonicMs())
    },
    end(id) {
      const key = keyOf(id)
      if (key === undefined) {
        if (anonymous === 0) recording.drop('app_active_sessions', 'no_open_session')
        else anonymous--
      } else if (!remove(key)) {
        if (overflowing === 0) recording.drop('app_active_sessions', 'unknown_session')
        else overflowing--
      }
      show()
    },
    sweep() {
      const idleTimeoutMs = options()?.idleTimeoutMs
      if (idleTimeoutMs === undefined && limits.size === 0) return
      const now = recording.clock.monotonicMs()
      const before = lastSeen.size
      for (const [key, seen] of lastSeen) {
        const limit = limits.get(key) ?? idleTimeoutMs
        if (limit !== undefined && seen < now - limit) remove(key)
      }
      if (lastSeen.size !== before) show()
    },
  }
}
