import type { Recording } from './recording.js'

/** Most sessions that are told apart by id; beyond it they are only counted. */
const MAX_SESSIONS = 100_000

export interface SessionOptions {
  /** A session that was not heard of for this long has ended (SecureTrack's own limit: 30 minutes). Default: never. */
  readonly idleTimeoutMs?: number | undefined
}

/** The open sessions of one recorder, and the gauge that shows how many there are (S16, T11). */
export interface Sessions {
  /** A session began; the same id twice is one session. Without an id it is only counted. */
  start(id?: string): void
  /** A session gave a sign of life. */
  touch(id: string): void
  /** A session ended; an unknown id does nothing, and the gauge never goes below zero. */
  end(id?: string): void
  /** Ends what has been idle for too long; called before every reading. */
  sweep(): void
}

/** Keeps pseudonyms of session ids, never the ids: they open doors. */
export function createSessions(recording: Recording, options: SessionOptions = {}): Sessions {
  const lastSeen = new Map<string, number>()
  let anonymous = 0
  const show = (): void => recording.write('app_active_sessions', lastSeen.size + anonymous)
  const keyOf = (id: unknown): string | undefined =>
    id === undefined || id === null ? undefined : recording.pseudonym(String(id))

  return {
    start(id) {
      const key = keyOf(id)
      if (key === undefined || (lastSeen.size >= MAX_SESSIONS && !lastSeen.has(key))) anonymous++
      else lastSeen.set(key, recording.clock.monotonicMs())
      show()
    },
    touch(id) {
      const key = keyOf(id)
      if (key !== undefined && lastSeen.has(key)) lastSeen.set(key, recording.clock.monotonicMs())
    },
    end(id) {
      const key = keyOf(id)
      if (key !== undefined) {
        if (!lastSeen.delete(key)) recording.drop('app_active_sessions', 'unknown_session')
      } else if (anonymous > 0) anonymous--
      else recording.drop('app_active_sessions', 'no_open_session')
      show()
    },
    sweep() {
      if (options.idleTimeoutMs === undefined) return
      const oldest = recording.clock.monotonicMs() - options.idleTimeoutMs
      const before = lastSeen.size
      for (const [key, seen] of lastSeen) if (seen < oldest) lastSeen.delete(key)
      if (lastSeen.size !== before) show()
    },
  }
}
