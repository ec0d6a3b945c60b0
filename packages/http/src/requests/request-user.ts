import type { FindUser, Recorder } from '@quipu/core'
import { createPrivateSlot } from './private-slot.js'

interface Finder<R> {
  find(request: R): ReturnType<FindUser>
}

/** Finds the user of a request: of its session, its token, a header. A method's type, so that it may expect more of the request. */
export type UserOf<R> = Finder<R>['find']

/** What was found for a request, by what was asked. */
const found = createPrivateSlot<Map<unknown, ReturnType<FindUser>>>()

/**
 * Runs the rest of a request's handling on behalf of its user, if the application says how to find one. Frameworks that leave
 * the asynchronous context while they read a body ask for this again; the user is still looked up once.
 */
export function withUserOf<R extends object, T>(
  recorder: Recorder,
  user: UserOf<R> | undefined,
  request: R,
  next: () => T,
): T {
  if (user === undefined) return next()
  return recorder.withUser(() => {
    const known = found.get(request) ?? new Map()
    found.set(request, known)
    if (known.has(user)) return known.get(user)
    // Also when it throws.
    known.set(user, undefined)
    const name = user(request)
    known.set(user, name)
    return name
  }, next)
}
