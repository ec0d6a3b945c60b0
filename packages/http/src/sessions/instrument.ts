import { defaultRecorder, type Recorder } from '@quipu/core'
import type { InstrumentOptions } from '../events/instrument-options.js'

/** The parts of a store of sessions that are used. */
export interface SessionStore {
  set(id: string, ...rest: never[]): unknown
  touch?(id: string, ...rest: never[]): unknown
  destroy(id: string, ...rest: never[]): unknown
}

const instrumented = new WeakMap<object, WeakSet<Recorder>>()

/**
 * Shows the sessions of a store of express-session or @fastify/session in `app_active_sessions`: a session is active once it
 * is stored, until it is destroyed. Stores do not announce that a session expires: choose `sessions.idleTimeoutMs` too. Ids are
 * kept as pseudonyms.
 *
 * @param store the store that is passed to the session middleware
 * @param options `recorder` to record into
 * @returns the same object, whose methods behave as before; never throws
 * @see https://github.com/expressjs/session#session-store-implementation
 * @example
 * app.use(session({ store: instrument(new MemoryStore()), secret, resave: false, saveUninitialized: false }))
 */
export function instrument<S extends SessionStore>(
  store: S,
  { recorder = defaultRecorder() }: InstrumentOptions = {},
): S {
  const recorders = instrumented.get(store) ?? new WeakSet()
  instrumented.set(store, recorders)
  if (recorders.has(recorder)) return store
  recorders.add(recorder)
  // The same id again is one session, and a sign of life.
  before(store, 'set', recorder, (id) => recorder.trackSessionStart(id))
  before(store, 'touch', recorder, (id) => recorder.trackSessionStart(id))
  before(store, 'destroy', recorder, (id) => recorder.trackSessionEnd(id))
  return store
}

function before(store: object, name: string, recorder: Recorder, see: (id: string) => void): void {
  const method: unknown = Reflect.get(store, name)
  if (typeof method !== 'function') return
  const seen = function (this: unknown, ...args: unknown[]): unknown {
    const [id] = args
    if (typeof id === 'string') recorder.guard('http', () => see(id))
    return Reflect.apply(method, this, args)
  }
  Reflect.defineProperty(store, name, { value: seen, configurable: true, writable: true })
}
