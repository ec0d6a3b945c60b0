import { LAZY_USER } from '@quipu/catalog/symbols'
import { unref } from '@quipu/store'

/** Finds the user of some work: from a session, a token or a header. */
export type FindUser = () => string | null | undefined | PromiseLike<string | null | undefined>

/** A user by name, or one that is found when the first activity line needs it. */
export type User = string | null | LazyUser

/** Maximum time that a line waits for its user. */
const WAIT_MS = 500

/** Recognised by a mark: all copies of this package in a process share the scope, but each has its own class. */
function isLazy(user: unknown): user is LazyUser {
  return typeof user === 'object' && user !== null && LAZY_USER in user
}

/** The user of some work. It is looked up at most once, and only for an activity line. */
export class LazyUser {
  readonly [LAZY_USER] = true
  readonly #find: FindUser
  #found: string | null | Promise<string | null> | undefined = undefined

  constructor(find: FindUser) {
    this.#find = find
  }

  /**
   * Returns the user; null if unknown, and while code that writes lines itself is looking the user up. Returns a
   * promise if the look-up takes time; it resolves within 500 ms and never rejects.
   */
  get(): string | null | Promise<string | null> {
    if (this.#found !== undefined) return this.#found
    this.#found = null
    this.#found = this.#ask()
    return this.#found
  }

  #ask(): string | null | Promise<string | null> {
    try {
      const found = this.#find()
      if (typeof found !== 'object' || found === null) return nameOf(found)
      return withinTime(found).then((name) => {
        this.#found = name
        return name
      })
    } catch {
      return null
    }
  }
}

function withinTime(promise: PromiseLike<unknown>): Promise<string | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), WAIT_MS)
    unref(timer)
    const finish = (name: string | null): void => {
      clearTimeout(timer)
      resolve(name)
    }
    promise.then(
      (found) => finish(nameOf(found)),
      () => finish(null),
    )
  })
}

function nameOf(found: unknown): string | null {
  return typeof found === 'string' ? found : null
}

/** The name of a user as far as it is known. */
export function knownName(user: User | undefined): string | null | Promise<string | null> {
  return isLazy(user) ? user.get() : (user ?? null)
}
