import type { Attempts } from './attempts.js'
import { at, isCallable } from './shape.js'

interface Storage {
  getStore(): Attempts | undefined
  run<R>(attempts: Attempts, fn: () => R): R
}

/** Without AsyncLocalStorage (some edge runtimes) attempts are not seen; the call's outcome is. */
const none: Storage = { getStore: () => undefined, run: (_attempts, fn) => fn() }

function isStorageClass(value: unknown): value is new () => Storage {
  return isCallable(value)
}

function createStorage(): Storage {
  const process: unknown = at(globalThis, 'process')
  const getBuiltinModule = at(process, 'getBuiltinModule')
  try {
    const hooks: unknown = isCallable(getBuiltinModule) ? getBuiltinModule.call(process, 'node:async_hooks') : undefined
    const storage = at(hooks, 'AsyncLocalStorage') ?? at(globalThis, 'AsyncLocalStorage')
    return isStorageClass(storage) ? new storage() : none
  } catch {
    return none
  }
}

/**
 * Which call a request belongs to: a client's `fetch` is called long after its method was, and is told nothing of it. The
 * context follows the client's own asynchronous work, so that requests stay as they are.
 */
const storage = createStorage()

/** Runs a client's work on behalf of one call. */
export function withAttempts<R>(attempts: Attempts, fn: () => R): R {
  return storage.run(attempts, fn)
}

/** The call that is being worked on, if any. */
export function currentAttempts(): Attempts | undefined {
  return storage.getStore()
}
