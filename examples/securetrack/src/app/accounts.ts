import { randomUUID, scryptSync, timingSafeEqual } from 'node:crypto'
import { trackUserRegistration } from '@quipu/sdk'
import { trackAuthFailure, trackSessionEnd, trackSessionStart, trackUserLogin } from '@quipu/sdk/session-metrics'

interface Session {
  readonly user: string
  readonly expiresAt: number
}

/** Accounts and sessions of the application. */
export interface Accounts {
  /** False if the name is taken. */
  register(user: string, password: string): boolean
  /** Returns a session's token; undefined if name and password do not match. */
  login(user: string, password: string): string | undefined
  logout(token: string): void
  /** Returns the user of a session; undefined for an unknown or ended session. */
  userOf(token: string): string | undefined
}

export function createAccounts(sessionMs: number): Accounts {
  const passwords = new Map<string, Buffer>()
  const sessions = new Map<string, Session>()
  const hash = (password: string): Buffer => scryptSync(password, 'securetrack', 32, { N: 1024 })
  return {
    register(user, password) {
      if (passwords.has(user)) return false
      passwords.set(user, hash(password))
      trackUserRegistration()
      return true
    },
    login(user, password) {
      const known = passwords.get(user)
      if (known === undefined || !timingSafeEqual(known, hash(password))) {
        trackAuthFailure()
        return undefined
      }
      const token = randomUUID()
      sessions.set(token, { user, expiresAt: Date.now() + sessionMs })
      trackSessionStart(token)
      trackUserLogin()
      return token
    },
    logout(token) {
      sessions.delete(token)
      trackSessionEnd(token)
    },
    userOf(token) {
      const session = sessions.get(token)
      if (session === undefined) {
        trackAuthFailure('invalid_token')
        return undefined
      }
      if (session.expiresAt > Date.now()) return session.user
      sessions.delete(token)
      trackSessionEnd(token)
      trackAuthFailure('expired_token')
      return undefined
    },
  }
}
