import { builtinModule } from '@quipu/store'
import { shared } from '../shared.js'
import { errorUsers, keepingErrorUser, userOfError } from './error-user.js'
import { bindIteration } from './follow-iteration.js'
import { type FindUser, LazyUser, type User } from './lazy-user.js'
import type { AgentScope, LlmCallScope } from './llm-call-scope.js'
import type { ToolCallScope } from './tool-call-scope.js'

/** Facts about the work in progress, which asynchronous calls inherit. */
export interface Scope {
  readonly user?: User
  readonly attribution?: Attribution
  /** The open model call of an outer layer: inner layers add to it and are not counted separately. */
  readonly call?: LlmCallScope | undefined
  /** The innermost run of an agent. */
  readonly agent?: AgentScope | undefined
  /** The open tool call, which the client that makes it adds to. */
  readonly tool?: ToolCallScope | undefined
}

/** The owner of model calls: one of few fixed names of the application. */
export interface Attribution {
  readonly feature?: string
}

interface Storage {
  getStore(): Scope | undefined
  run<R>(scope: Scope, fn: () => R): R
}

/** Without AsyncLocalStorage (old edge runtimes) a scope is only valid in the synchronous part of a call. */
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

const EVERYWHERE: Scope = {}

/** Returns the scope of the running code. */
export function currentScope(): Scope {
  return storage().getStore() ?? EVERYWHERE
}

/** Runs a function in an extended scope; returns its result and throws its errors. */
export function withScope<R>(more: Scope, fn: () => R): R {
  return storage().run({ ...currentScope(), ...more }, fn)
}

/** The same for a function with deferred work: the steps of a generator that it returns run in the scope as well. */
function withLastingScope<R>(more: Scope, fn: () => R): R {
  const result = withScope(more, fn)
  bindIteration(result, (step) => withScope(more, step))
  return result
}

/**
 * Runs a function on behalf of a user, who is named on its activity lines and model calls, including those of a
 * returned generator. A function instead of a name is called once, when the first line needs the user. It may return a
 * promise, for which lines wait up to 500 ms. If it throws, rejects or takes longer, the user is unknown.
 *
 * @param user the user's name, null for unknown, or a function that finds it
 * @param fn the function to run
 * @returns the result of `fn`; throws its errors
 * @example
 * await withUser('user@example.com', async () => trackError('timeout'))
 * await withUser(async () => (await getSession())?.email, async () => trackError('timeout'))
 */
export function withUser<R>(user: string | null | FindUser, fn: () => R): R {
  const named = typeof user === 'string' ? user : null
  const chosen = typeof user === 'function' ? new LazyUser(user) : named
  return withLastingScope({ user: chosen }, () => keepingErrorUser(chosen, fn))
}

/**
 * Makes `withUser` keep its user for each error that leaves it, for code that learns of an error outside the context in
 * which it was thrown, as at the end of a request.
 *
 * @returns a function that runs another on behalf of an error's user, if it has one; throws what that function throws
 * @example
 * const asUserOf = keepErrorUsers()
 * process.on('uncaughtExceptionMonitor', (error) => asUserOf(error, () => trackError('unexpected')))
 */
export function keepErrorUsers(): <R>(error: unknown, fn: () => R) => R {
  errorUsers().known ??= new WeakMap()
  return (error, fn) => {
    const user = userOfError(error)
    return user === undefined ? fn() : withScope({ user }, fn)
  }
}

/**
 * Runs a function whose model calls are attributed to a feature, including those of a returned generator.
 *
 * @param attribution `feature`: one of few fixed names
 * @param fn the function to run
 * @returns the result of `fn`; throws its errors
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
    // No attribution, or its getter threw: the function runs nevertheless.
    return undefined
  }
}
