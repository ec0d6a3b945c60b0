import type { FindUser, Recorder } from '@quipu/core'
import { createPrivateSlot } from './private-slot.js'

interface Finder<R> {
  find(request: R): ReturnType<FindUser>
}

/**
 * Finds the user of a request, such as in its session, token or header. A method type, so that it may require more
 * properties of the request.
 */
export type UserOf<R> = Finder<R>['find']

/** The users found for a request, by the function that found them. */
const found = createPrivateSlot<Map<unknown, ReturnType<FindUser>>>()

/**
 * Runs the rest of a request's handling with its user, if the application has a function that finds one. Frameworks that
 * leave the asynchronous context while they read a body call it again; the user is still looked up once.
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
