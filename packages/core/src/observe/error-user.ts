import { isObject } from '@quipu/catalog/builtin'
import { shared } from '../shared.js'
import { followNativePromise, isNativePromise } from './follow-promise.js'
import type { Ending } from './following.js'
import type { User } from './lazy-user.js'

interface ErrorUsers {
  /** The users on whose behalf errors were thrown; undefined while no code asks for them. */
  known: WeakMap<object, User> | undefined
}

export function errorUsers(): ErrorUsers {
  return shared('errorUsers', () => ({ known: undefined }))
}

/** Returns the user on whose behalf an error was thrown; undefined if the error left no `withUser`. */
export function userOfError(error: unknown): User | undefined {
  return isObject(error) ? errorUsers().known?.get(error) : undefined
}

/** Runs a function, and keeps its user for what it throws, or what its promise rejects with. The innermost user counts. */
export function keepingErrorUser<R>(user: User, run: () => R): R {
  const { known } = errorUsers()
  if (known === undefined) return run()
  const keep = (error: unknown): void => {
    if (isObject(error) && !known.has(error)) known.set(error, user)
  }
  try {
    const result = run()
    if (!isObject(result) || !isNativePromise(result)) return result
    const end = (ending: Ending): void => keep(ending.kind === 'threw' ? ending.thrown : undefined)
    // The derived promise has the same type.
    return (followNativePromise(result, nothing, { end, step: nothing, inside: (fn) => fn() }) ?? result) as R
  } catch (error) {
    keep(error)
    throw error
  }
}

const nothing = (): void => undefined
