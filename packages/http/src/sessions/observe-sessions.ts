import { isObject } from '@quipu/catalog/builtin'
import { beforeCalls } from '../reports/before-calls.js'
import { watchSessionStore } from './instrument.js'

/**
 * Watches the stores of all sessions of a loaded express-session or @fastify/session, from the first session that each store has.
 * @param exports what `require('express-session')` or `require('@fastify/session/lib/session.js')` returns
 * @returns whether the module's shape was recognised
 */
export function observeSessions(exports: unknown): boolean {
  const Session: unknown = typeof exports === 'function' ? (Reflect.get(exports, 'Session') ?? exports) : undefined
  const prototype: unknown = typeof Session === 'function' ? Session.prototype : undefined
  if (!isObject(prototype)) return false
  const watchStore = (session: object): void => {
    const store = storeOf(session)
    if (store !== undefined) watchSessionStore(store, { kind: 'sessions' })
  }
  // Middleware touches a session before it stores it.
  const isKnown = ['save', 'destroy', 'regenerate'].map((name) => beforeCalls(prototype, name, watchStore))
  return beforeCalls(prototype, 'touch', watchStore) && isKnown.every(Boolean)
}

/** express-session has the store on the session's request, @fastify/session under a symbol of the session. */
function storeOf(session: object): object | undefined {
  const ofRequest: unknown = Object(Reflect.get(session, 'req')).sessionStore
  const own = Object.getOwnPropertySymbols(session).map((symbol): unknown => Reflect.get(session, symbol))
  return [ofRequest, ...own].filter(isObject).find((store) => ['get', 'set', 'destroy'].every((name) => name in store))
}
