import { randomUUID, scryptSync, timingSafeEqual } from 'node:crypto'
import { trackUserRegistration } from '@quipu/sdk'
import { trackAuthFailure, trackSessionEnd, trackSessionStart, trackUserLogin } from '@quipu/sdk/session-metrics'

interface Session {
  readonly user: string
  readonly expiresAt: number
}

/** Who may use the application, and who does. */
export interface Accounts {
  /** False when the name is taken. */
  register(user: string, password: string): boolean
  /** A session's token, or undefined when name and password do not fit. */
  login(user: string, password: string): string | undefined
  logout(token: string): void
  /** Whose session it is, or undefined when it is none or no longer one. */
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
