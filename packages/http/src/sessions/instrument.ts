import { beforeCalls } from '../reports/before-calls.js'
import { type InstrumentOptions, type WatchOptions, watch } from '../reports/watch.js'

/** The parts of a store of sessions that are used. */
export interface SessionStore {
  set(id: string, ...rest: never[]): unknown
  touch?(id: string, ...rest: never[]): unknown
  destroy(id: string, ...rest: never[]): unknown
}

/**
 * Records the sessions of a store of express-session or @fastify/session in `app_active_sessions`: a session is active from
 * its first storing until it is destroyed or reaches the maximum age of its cookie. For cookies without a maximum age, set
 * `sessions.idleTimeoutMs`. Ids are kept as pseudonyms.
 *
 * @param store the store that is passed to the session middleware
 * @param options `recorder` to record into
 * @returns the same object, whose methods behave as before; never throws
 * @see https://github.com/expressjs/session#session-store-implementation
 * @example
 * app.use(session({ store: instrument(new MemoryStore()), secret, resave: false, saveUninitialized: false }))
 */
export function instrument<S extends SessionStore>(store: S, options: InstrumentOptions = {}): S {
  watchSessionStore(store, options)
  return store
}

/** `instrument`, also for `register`. */
export function watchSessionStore(store: object, options: WatchOptions): boolean {
  return watch(store, options, (report) => {
    // The same id again is the same session, and resets its idle time.
    const start = (self: object, [id, session]: readonly unknown[]): void =>
      report(self, ({ trackSessionStart }) => {
        if (typeof id === 'string') trackSessionStart(id, { idleTimeoutMs: ageOf(session) })
      })
    beforeCalls(store, 'touch', start)
    return (
      beforeCalls(store, 'set', start) &&
      beforeCalls(store, 'destroy', (self, [id]) =>
        report(self, ({ trackSessionEnd }) => {
          if (typeof id === 'string') trackSessionEnd(id)
        }),
      )
    )
  })
}

/** Milliseconds that a session may be idle, by its cookie. */
function ageOf(session: unknown): number | undefined {
  const age: unknown = Object(Object(session).cookie).originalMaxAge
  return typeof age === 'number' && age > 0 ? age : undefined
}
