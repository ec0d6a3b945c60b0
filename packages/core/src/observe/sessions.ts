import { createIdPseudonyms } from '@quipu/store'
import type { Recording } from './recording.js'
import type { SessionOptions } from './session-options.js'

/** Most sessions that are told apart by id; beyond it they are only counted. */
const MAX_SESSIONS = 100_000

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

/**
 * Keeps pseudonyms of session ids, never the ids: they open doors.
 * @param options asked at every sweep, since `start()` may come after the first session
 */
export function createSessions(recording: Recording, options: () => SessionOptions | undefined): Sessions {
  // A key of its own: the key of the recorder's ids may change, and a session must end under the id that it began with.
  const { pseudonym } = createIdPseudonyms(() => undefined)
  const lastSeen = new Map<string, number>()
  /** Sessions without an id, and those whose ids came when no more could be kept. */
  let anonymous = 0
  let untold = 0
  const show = (): void => recording.write('app_active_sessions', lastSeen.size + anonymous + untold)
  const keyOf = (id: unknown): string | undefined =>
    id === undefined || id === null ? undefined : pseudonym(String(id))

  return {
    start(id) {
      const key = keyOf(id)
      if (key === undefined) anonymous++
      else if (lastSeen.size >= MAX_SESSIONS && !lastSeen.has(key)) untold++
      else lastSeen.set(key, recording.clock.monotonicMs())
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
      } else if (!lastSeen.delete(key)) {
        if (untold === 0) recording.drop('app_active_sessions', 'unknown_session')
        else untold--
      }
      show()
    },
    sweep() {
      const idleTimeoutMs = options()?.idleTimeoutMs
      if (idleTimeoutMs === undefined) return
      const oldest = recording.clock.monotonicMs() - idleTimeoutMs
      const before = lastSeen.size
      for (const [key, seen] of lastSeen) if (seen < oldest) lastSeen.delete(key)
      if (lastSeen.size !== before) show()
    },
  }
}
