import { builtinModule } from '@quipu/store'
import { shared } from '../shared.js'
import { bindIteration } from './follow-iteration.js'
import { type FindUser, LazyUser, type User } from './lazy-user.js'
import type { LlmCallScope } from './llm-call-scope.js'
import type { ToolCallScope } from './tool-call-scope.js'

/** What is known of the work that is under way, carried along asynchronous calls. */
export interface Scope {
  readonly user?: User
  readonly attribution?: Attribution
  /** The model call that an outer layer has open: inner layers add to it instead of counting it again. */
  readonly call?: LlmCallScope | undefined
  /** The tool call that is open; a client that makes it adds to it likewise. */
  readonly tool?: ToolCallScope | undefined
}

/** On whose account model calls go: names of the application's own, few and fixed. */
export interface Attribution {
  readonly feature?: string
}

interface Storage {
  getStore(): Scope | undefined
  run<R>(scope: Scope, fn: () => R): R
}

/** Without AsyncLocalStorage (old edge runtimes) a scope holds for the synchronous part of a call only. */
function createSynchronousStorage(): Storage {
  let current: Scope | undefined
  return {
    getStore: () => current,
    run(scope, fn) {
      const outer = current
      current = scope
      try {
        return fn()
      } finally {
        current = outer
      }
    },
  }
}

function isStorageClass(value: unknown): value is new () => Storage {
  return typeof value === 'function'
}

function createStorage(): Storage {
  const hooks = builtinModule('node:async_hooks')
  const fromHooks: unknown =
    typeof hooks === 'object' && hooks !== null ? Reflect.get(hooks, 'AsyncLocalStorage') : undefined
  const candidate = fromHooks ?? Reflect.get(globalThis, 'AsyncLocalStorage')
  return isStorageClass(candidate) ? new candidate() : createSynchronousStorage()
}

function storage(): Storage {
  return shared('context', createStorage)
}

/** What is known here and now. */
export function currentScope(): Scope {
  return storage().getStore() ?? {}
}

/** Runs a function with more known; returns and throws what it does. */
export function withScope<R>(more: Scope, fn: () => R): R {
  return storage().run({ ...currentScope(), ...more }, fn)
}

/** The same for a function that may put its work off: the steps of a generator that it returns run there too. */
function withLastingScope<R>(more: Scope, fn: () => R): R {
  const result = withScope(more, fn)
  bindIteration(result, (step) => withScope(more, step))
  return result
}

/**
 * Runs a function on behalf of a user: activity lines and model calls within say so, those of a generator that it returns
 * too, whoever reads it. A function in place of a name is asked once, when the first line needs it; it may return a promise,
 * for which lines wait up to half a second. If it throws, rejects or takes longer, the user is unknown.
 *
 * @example
 * await withUser('user@example.com', async () => trackError('timeout'))
 * await withUser(async () => (await getSession())?.email, async () => trackError('timeout'))
 */
export function withUser<R>(user: string | null | FindUser, fn: () => R): R {
  const named = typeof user === 'string' ? user : null
  return withLastingScope({ user: typeof user === 'function' ? new LazyUser(user) : named }, fn)
}

/**
 * Runs a function whose model calls go on the account of a feature, those of a generator that it returns too.
 *
 * @example
 * await withAttribution({ feature: 'chat' }, () => answer(question))
 */
export function withAttribution<R>(attribution: Attribution, fn: () => R): R {
  const feature = featureOf(attribution) ?? currentScope().attribution?.feature
  return withLastingScope({ attribution: feature === undefined ? {} : { feature } }, fn)
}

function featureOf(attribution: Attribution): string | undefined {
  try {
    return typeof attribution.feature === 'string' ? attribution.feature : undefined
  } catch {
    // No attribution, or one whose getter throws: the function runs all the same.
    return undefined
  }
}
